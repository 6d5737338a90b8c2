"""Words that tell a caller's mood, and what turns them round. Folded; knows no sentence."""

from typing import Final

from sipagent.text.arabic import fold
from sipagent.text.word_list import word_list


def _folded(text: str) -> frozenset[str]:
    return frozenset(word_list(fold(text)))


FURIOUS: Final = _folded(
    """
    furious outrageous outraged disgusting disgrace disgraceful pathetic scam fraud thieves thief
    stealing steal robbery liars liar lying idiot idiots stupid bloody damn damned hell fucking
    shit crap bullshit worst hate horrible terrible awful rubbish garbage trash insane incompetent
    useless nonsense shameful shame joke unbelievable livid appalling atrocious ridiculous cheated
    kidding lied rip ripoff crooks criminals lawsuit court joking jokers clowns hopeless dreadful
    abysmal shocking revolting laughable حرامية حرامي نصب نصابين نصاب مهزلة مسخرة زفت زبالة قرف
    تافهين حقير غبي أغبياء كذابين كذاب تكذبون كذبتوا حسبي لعنة فاشلة فاشل فاشلين أخس أسوأ اسوا
    خايس خايسة تسرقون تسرقونا سرقتوا معصب معصبة غاضب غاضبة مقهور مقهورة حرام عيب قليل همج مستهترين
    استهتار لعبة تلعبون تستهبلون تضحكون قضية ظلم ظالمين إهانة نذالة وقحين وقح يلعن طز هالقرف
    هالمهزلة
    """
)
BAD: Final = _folded(
    """
    angry annoyed annoying upset disappointed disappointing disappointment frustrated frustrating
    unacceptable bad poor rude broken fail failed failing fails problem problems complaint
    complain complaining slow wrong error mistake mistakes late delay delayed delays fed tired
    sick wasted wasting waste unhappy unfair dissatisfied unsatisfied lost losing worse mess
    ignored ignoring nobody cut overcharged overpriced expensive dirty crash crashes crashing
    disconnected disconnecting unprofessional careless refuse shouted shouting yelled insulted
    arrogant hung ruined wrongly worried confused dropping unreliable nightmare زعلان زعلانة
    متضايق متضايقة مستاء مستاءة خيبة خيبتوا سيئة سيء سيئ مشكلة مشاكل شكوى أشتكي بطيء بطيئة خربان
    خربانة خرب تعطل عطل عطلان مقطوع مقطوعة انقطع تنقطع يفصل غلط خطأ تأخير متأخر تأخر تأخرتوا مليت
    تعبت زهقت ضيعتوا خسرت غالية غالي محد مهملين إهمال يعلق وصخ ضعيف طافية مكسور خربتوا مرفوض
    مستحيل مزعج مزعجة تعبتوني تعبان صعبة ضايع ضيعت صرخ صرخوا انتظار ناطر أتريا خلصني بشتكي خربت
    الفاضي فاضي يقهر قهر
    """
)
GOOD: Final = _folded(
    """
    thanks thank good nice fine helpful happy glad pleased appreciate kind great perfect lovely
    cool well satisfied smooth easy quick welcome better best love cheers enjoy bless blessed
    grateful thankful relieved solved resolved favourite pleasure friendly patient polite
    professional lovely sweet شكرا مشكور مشكورة مشكورين تسلم تسلمين زين زينة حلو حلوة طيب طيبين
    راضي راضية مرتاح مرتاحة العافية قصرت قصرتوا يزاك جزيلا جميل جميلة سهل سريع سعيد سعيدة أحسن
    أحلى كفيت ووفيت عفية أشكركم أشكرك يبارك يوفقك يحفظك بيض حبيبي فديتك ألف انحلت ارتحت كريم مبروك
    """
)
DELIGHTED: Final = _folded(
    """
    amazing awesome excellent fantastic wonderful brilliant superb outstanding delighted thrilled
    incredible fabulous saved adore exceptional impressed ecstatic
    ممتاز ممتازة رائع رائعة روعة مبدعين خيال فرحتني فرحت أبدعتوا أسعدتني فرحان فرحانة متميزة
    """
)
NEGATORS: Final = _folded(
    """
    not no don't doesn't didn't isn't aren't wasn't weren't can't cannot couldn't won't wouldn't
    never nothing without haven't hasn't nobody none ما مب مو مش موب لا لم لن ليس ليست غير بدون مافي
    """
)
STRONGER: Final = _folded(
    "very so really extremely absolutely totally completely too much most وايد جدا مرة كثير كلش"
)
