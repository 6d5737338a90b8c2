"""Words after which a sentence goes on, in English and Arabic. Lists only, folded for comparison.

``completeness`` weighs them; each list says what its words leave open.
"""

from typing import Final

from sipagent.text.arabic import fold
from sipagent.text.word_list import word_list


def _folded(text: str) -> frozenset[str]:
    return frozenset(word_list(fold(text)))


# Sounds of one who looks for words.
HESITATIONS: Final = _folded(
    """
    um uh uhm umm uhh er err erm hmm hm mmm ehm eh like basically
    يعني امم اممم اممممم ام مم ممم هممم همم ااا اا اه آه اهه ااه اء شسمه شسمها شنسميه
    """
)
# Nothing ends in these: articles, possessives, conjunctions, relatives, particles.
NEVER_LAST: Final = _folded(
    """
    the a an my your our their its and or but because cause cuz if unless although though while
    whether since than i i'm i'd i'll i've we we're we'd we'll we've he she they they're you're
    you'll you've he's she's there's it's it'll let's who's what's where's how's when's gonna
    wanna gotta every mr mrs ms dr plus minus point double triple treble very into onto during
    until till without between against towards regarding concerning per via except و أو ثم لكن
    لكنه لكنها لأن لأنه لأنها لأني لانو إذا لو أن إن أنه أنها أني إني إنه إنها بأن اللي الذي
    التي الذين إلى على عن مع من بدون خلال بين ضد منذ حتى عشان علشان مشان بخصوص بالنسبة حول مثل
    كل هل يا قد سوف راح رح لم لن ليس ليست ال حق مال تبع ولكن وأن وإذا ولأن كما كأن بما بينما
    عندما لما حيث كلما دبل نقطة فاصلة زائد ناقص ف ب ل ك وبعدين وانا وأنت وهو وهي
    """
)
# These end a question ("what is it for"), or belong to a verb ("log in").
PREPOSITIONS: Final = _folded("of for to with at by from about in on")
PARTICLES: Final = _folded("in on up off out over down through back around away again along")
PARTICLE_VERBS: Final = _folded(
    """
    log logged logging sign signed signing turn turned switch switched come came coming go goes went
    going get got hang cut pick put call called check move moved moving set top work close shut drop
    keep stay stays hold carry speak slow end ended stopped
    """
)
# What they help is still to come, unless they answer or stand behind a wh-word.
AUXILIARIES: Final = _folded(
    """
    is are was were am be been being do does did have has had can could will would shall should may
    might must cannot not isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't
    can't couldn't won't wouldn't shouldn't
    """
)
# Verbs, and words that do a verb's work, whose object has not been said.
WANT_OBJECT: Final = _folded(
    """
    want wants wanted need needs needed give send show bring find buy get take make put ask tell
    let says say wondering think thought believe hope guess prefer hoping trying explain using
    عندي عندكم عنده عندها ودي حاب حابب حابة محتاج محتاجة أحتاج محتاجين أريد أبغى أبغا أبي أبا
    بغيت نريد نبغي نبي نبا تبغي يبغى ممكن أقدر تقدر تقدرون تقدرين نقدر يمكن يمكنني يمكنك أستطيع
    تستطيع لازم يجب المفروض أود كنت كان كانت كانوا قالي قالولي أعتقد أظن أتوقع أحاول حاولت عطني
    عطوني أعطني عطيني أرسل أرسلوا طرشوا خبرني خبروني أستفسر أسأل سؤالي مشكلتي طلبي اسمي رقمي
    حسابي عنواني وعندي وأبغى وأبي وممكن فأبغى مب مو مش غير أول نفس ما
    """
)
# Verbs that often take an object, and can do without.
MAY_WANT_OBJECT: Final = _folded(
    """
    check change update add remove book report open order renew request discuss speak talk pay
    transfer upgrade download submit received receive lost paid called tried got ordered bought
    دفعت وصلني وصلتني جاني جتني استلمت اشتريت طلبت قال قالت قلت قالوا صار جربت أغير أفتح أدفع أسوي
    أحول أجدد أطلب أكلم أتكلم
    """
)
# Words that wait for a noun: quantities, and nouns of an Arabic construct.
WANT_NOUN: Final = _folded(
    """
    some any each another other most many few several next last new which whose such only just
    also quite even أي رقم شركة شارع منطقة مدينة بناية قسم سعر رسوم تاريخ اسم بعض عدة كم فاتورة
    خدمة باقة فرع حساب عقد
    """
)
IF_EN: Final = _folded("if when whenever unless although though while")
IF_AR: Final = _folded("إذا لو لما عندما كلما طالما مادام بما ولو وإذا بعدما فإذا")
# These begin a main clause after a conditional one.
MAIN: Final = _folded(
    """
    what how why where who then please tell send cancel connect transfer i'll i'd you'll i'm that's
    شو ايش وش ماذا كم هل كيف ممكن راح وين متى أقدر تقدرون نقدر أبغى أبي أبا أريد لازم ليش لماذا يصير
    بتقطعون تقطعون حولني أرجو بدفع سوف فهل فماذا فكيف فكم يمكن يمكنني شنو تعطوني عطوني خبروني جم
    """
)
SUBJECTS: Final = _folded("i you we he she they it")
DETERMINERS: Final = _folded("the a an my your our their this that these those his her")
ASKING_EN: Final = _folded("what where when who why how which whose")
ASKING_AR: Final = _folded("شو ايش وش شنو ماذا متى وين أين كيف كم ليش لماذا منو مين هل بكم شلون جم")
GREETINGS: Final = _folded(
    "hello hi hey good morning afternoon evening السلام عليكم مرحبا هلا أهلا صباح مساء الخير النور"
)
# Complete however short.
CLOSED: Final = _folded(
    """
    yes yeah yep yup no nope okay ok sure right correct exactly thanks goodbye bye stop wait repeat
    again pardon sorry help agent operator human representative arabic english nothing done perfect
    great fine today tomorrow cash card
    نعم لا إي ايه ايوه ايوا هيه أكيد طبعا شكرا مشكور مشكورة تسلم تمام زين ماشي طيب اوكي صح غلط خلاص
    السلامة لحظة موظف انجليزي عربي اليوم باجر بكرة الحين كاش أبدا صحيح العافية بالضبط موافق باي
    """
)
# Words that close whatever stands before them.
COURTESIES: Final = _folded(
    """
    please sir madam thanks thank you so very much بليز شكرا مشكور مشكورة جزيلا لو سمحت سمحتي من
    فضلك الله يخليك تكرمت
    """
)
MENTAL: Final = _folded("think know said say told believe sure hope is mean heard see saw so now")
TENS: Final = _folded("twenty thirty forty fifty sixty seventy eighty ninety")
# Numbers that follow these are names or times: nothing counted must come.
PLACES: Final = _folded(
    """
    at by around before after until till since number building villa floor flat apartment street
    option page line الساعة رقم شقة فيلا طابق بناية يوم شهر
    """
)
# Words that open a turn and are no part of its sentence.
LEAD: Final = _folded(
    "and so but ok okay yes well no hello hi please و طيب بس لكن زين اوكي نعم لا السلام عليكم"
)
OPEN: Final = NEVER_LAST | WANT_NOUN | WANT_OBJECT | AUXILIARIES | PREPOSITIONS
