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
