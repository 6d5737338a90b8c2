"""Words that say nothing of what a question is about: small words, courtesies, ways to ask."""

from typing import Final

from sipagent.text.arabic import fold
from sipagent.text.language import Language
from sipagent.text.word_list import word_list

STOP_WORDS: Final = {
    Language.EN: frozenset(
        word_list(
            """
            a an and any are as at be been but by can could did do does for from get got had has
            have he hello her hi him his how i i'd i'll i'm i've if in is it it's its just let like
            me my need of oh okay ok on one or our please she should so some sorry such tell thank
            thanks that that's the their them then there these they this to too uh um us very want
            was we well were what what's when where which who why will with would yeah yes you your
            am about also don't doesn't didn't can't isn't no not now only really know say explain
            question ask something anything much many give happens happen make thing way actually
            excuse sir madam here into out up
            """
        )
    ),
    Language.AR: frozenset(
        map(
            fold,
            word_list(
                """
                في من على عن الى إلى مع هل ما ماذا ما هو ما هي هو هي هم نحن انا أنا انت أنت انتم
                أنتم كيف متى اين أين وين شو شنو ايش وش ليش لماذا كم بكم اي أي ان أن إن انه أنه لو
                سمحت سمحتي اذا إذا و او أو ثم لكن بس يا هذا هذه ذلك تلك هذي هذاك الذي التي اللي كل
                كان كانت يكون تكون قد لقد لا لم لن ليس ليست أريد اريد ابغى أبغى ابي أبي ابا نبغى
                حاب ودي احتاج أحتاج محتاج ممكن يمكن يمكنني يمكنك اقدر أقدر تقدر تقدرون اعرف أعرف
                اسال أسأل استفسر سؤال عندي عندكم عندك لي لك لكم لنا له لها لازم يجب من فضلك رجاء
                شكرا مرحبا السلام عليكم اهلا أهلا نعم ايوه طيب حق مال حقي مالي علشان عشان منكم
                فيه فيها بها به عليه عليها هناك هنا الان الآن الحين شي شيء خبرني قل قولي لي عفوا
                لو ولو يعني جدا ايضا أيضا عند بين حتى كذلك نفس صار يصير وأنا واذا وإذا انتو اخوي
                اختي بغيت بدي حابب شلون يصير يصيرلي اسوي أسوي سوي كنت لما وايد اليوم حد مني عني
                """
            ),
        )
    ),
}

# Words of talk that a document may hold but need not: not missed where they are not found.
CHATTER: Final = {
    Language.EN: frozenset(
        word_list(
            """
            after again ahead all already always am another anybody anyone around away back bad
            because before believe best better big bit both bought brand bring call came care catch
            check come comes coming completely correct couple currently day days deal different
            doing done drop during each else end enough even ever every everyone everything
            exactly extra far feel few find fine first folks forever found friend front full
            future getting girl given giving go goes going gone good great guess guy guys half
            happen happened hear heard hold hour hours idea inside instead issue keep keeps kept
            kind knew last lately later least leave left less lot looking look made make makes
            making man mate matter maybe mean means might minute minutes moment month months more
            morning most must near needed needs never new next night nobody nothing offer old
            once ones online over own paid part people per person please possible put quick
            quickly quite rather ready reason recently right said same saw says second see seems
            seen send sent set several show since situation somebody someone sometimes somewhere
            soon sort start started still stop story sure take takes taken taking talk than these
            thing things think though thought through till time times today together told
            tomorrow tonight took totally tried true try trying turn two under understand until
            use used using usual usually wait waiting wanted wants way week weeks went whole
            without won't wonder wondering work works world worried wrong year years yesterday
            family husband wife brother sister mother father
            huge normal really terrible terribly bloody habibi yalla khalas inshallah
            those upon while whether whatever whenever anyway someday ago late
            available allowed possible supposed able
            """
        )
    ),
    Language.AR: frozenset(
        map(
            fold,
            word_list(
                """
                بعد قبل عقب بعده بعدني توني امس أمس باجر بكره اليوم الياي الياية يوم ايام شهر
                سنه ساعه مره مرات اول أول اخر آخر جم شكثر كثر شقد اشكثر يمكن اكيد صح غلط زين
                عادي تمام خلاص يلا والله انشالله ان شاء الله حبيبي اخي ويا وياي ويانا وياكم معاي
                معاكم عندهم عنده عندها منه منها منهم فيني فيكم عليكم علينا عليهم حقكم حقنا حقه
                محد حد احد واحد واحده ناس ريال حرمه زوجتي زوجي ولدي بنتي اهلي عيالي ربعي رفيجي
                قالوا قال قالت قلت قلتوا اقول يقول يقولون تقول تقولون شفت اشوف اشوفها تشوفون شوف
                سمعت اسمع ادري تدري اظن احس خايف محتار مستعجل ضروري بسرعه لين للحين توه دايم
                دوم ابدا شوي شويه كلش مب مو مش موب هب ماشي مافي اكثر اقل احسن افضل اسرع نفسه
                يديد يديده قديم قديمه هني هناك برا جريب بعيد تبون تبي تبا يبون يبا ابغيه اباه
                عطوني اعطوني اعطيكم تعطوني خذ اخذ ياخذ تاخذون خلوا خلني اروح اسير اسوي يسوي
                تسوون سويت سووا ابدا يبدا بدا صار صارت يستوي استوي مستوي ينفع يصح نقدر قادر
                تقدرين اقدر اكون يكونون كانوا كله كلها كلهم كل بعض غير ثاني ثانيه شخص امر شغله
                موضوع سالفه مشان لاني لأن بسبب مع بدون حتى مثل نفس جي جذي كذا هالشي هالشهر
                هاليوم منو حق حقي وقت مده لحظه دقيقه الصبح الظهر العصر المغرب الليل ياني جاني
                """
            ),
        )
    ),
}
