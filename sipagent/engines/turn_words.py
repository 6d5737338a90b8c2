"""Words that tell a caller's mood, and what a turn does. Folded; knows no sentence."""

from typing import Final

from sipagent.text.arabic import fold
from sipagent.text.dangling import ASKING_AR, ASKING_EN, AUXILIARIES, HESITATIONS, SUBJECTS
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
    خايس خايسة تسرقون تسرقونا سرقتوا معصب معصبة غاضب غاضبة مقهور مقهورة حرام عيب همج مستهترين
    استهتار تلعبون تستهبلون تضحكون قضية ظلم ظالمين إهانة نذالة وقحين وقح يلعن طز هالقرف
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

# By what they point to: wishes, courtesies, people, dangers, faults.
CUE_WORDS: Final = {
    "want": _folded(
        "want need like wanna أبغى أبي أبا أريد بغيت ودي حاب أحتاج محتاج أرغب أود نبغي نبي أرجو"
    ),
    "please": _folded("please kindly سمحت سمحتي فضلك بليز رجاء تكرمت يخليك"),
    "can-you": _folded("can could would ممكن تقدر تقدرون يمكن"),
    "greet": _folded(
        "hello hi hey morning afternoon evening السلام عليكم مرحبا هلا صباح مساء ألو أهلا"
    ),
    "part": _folded("bye goodbye السلامة باي وداعا اللقاء"),
    "thank": _folded("thanks thank شكرا مشكور مشكورة تسلم قصرت العافية"),
    "person": _folded(
        """
        agent human person representative manager supervisor operator someone somebody staff
        employee advisor colleague people boss موظف موظفة شخص إنسان مسؤول مدير مديركم مشرف حد أحد
        مندوب بشر بشري آدم العملاء
        """
    ),
    "machine": _folded("robot bot machine computer روبوت آلة مكينة الآلي"),
    "through": _folded(
        """
        speak talk connect transfer put through pass escalate أكلم أتكلم أتحدث التحدث أرمس حولني
        حولوني وصلني حول كلم
        """
    ),
    "danger": _folded(
        """
        fire smoke flames burning gas leak ambulance bleeding unconscious breathing breathe
        injured hurt electrocuted sparks sparking explosion exploded emergency police knife
        trapped choking drowning help danger collapsed حريق نار النار دخان غاز تسريب إسعاف ينزف
        مغمى يتنفس مصاب مصابين متعور انصعق تكهرب شرار انفجار انفجر طوارئ طارئة شرطة سكين محبوس
        يختنق يغرق الحقوني الحقونا خطر يحترق تحترق المطافي
        """
    ),
    "broken": _folded(
        """
        working broken down stopped slow disconnected charged wrong failed crashed outage error
        يشتغل يعمل مقطوع مقطوعة بطيء خربان غلط وصل وصلني يفصل طافية خصمتوا
        """
    ),
    "mine": _folded("my رقمي اسمي حسابي عنواني رقم"),
    "do": _folded(
        """
        cancel change send book activate block renew update stop give check add remove open close
        refund repeat fix transfer pay غير ألغي طرش أرسل احجز فعل وقف جدد حدث شيل أضيف افتح سكر عيد
        أعد كرر شيك صلح طرشلي بدل سجل
        """
    ),
}

_OTHER_WORDS: Final = {
    "service": _folded(
        """
        internet electricity water mobile phone broadband fibre wifi landline sim subscription
        power service net line signal connection نت إنترنت كهرباء كهربا مياه ماي موبايل تلفون واي
        فاي خط شريحة فايبر اشتراك خدمة إرسال
        """
    ),
    "thing": _folded(
        """
        bill invoice plan contract account meter router address order appointment card payment
        refund deposit receipt package app password number ticket complaint branch office shop
        فاتورة فاتورتي باقة باقتي عقد حساب عداد راوتر عنوان طلب طلبي موعد موعدي بطاقة دفعة مبلغ
        تأمين إيصال تطبيق فرع فرعكم مكتب محل
        """
    ),
    "time": _folded(
        """
        today tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday week month
        year morning evening afternoon minutes hour hours days weeks since ago اليوم باجر بكرة أمس
        البارحة يوم الاثنين الجمعة السبت أسبوع شهر سنة صبح عصر مسا ساعة ساعتين دقايق أيام
        """
    ),
    "city": _folded(
        """
        dubai sharjah ajman ain fujairah khaimah marina deira khalifa villa flat apartment building
        street floor دبي أبوظبي شارقة عجمان عين فجيرة خيمة ديرة فيلا شقة بناية شارع طابق
        """
    ),
    "aux": AUXILIARIES - NEGATORS,
    "who": SUBJECTS,
    "asks": ASKING_EN | ASKING_AR,
    "not": NEGATORS,
    "um": HESITATIONS,
    "rage": FURIOUS,
    "bad": BAD,
    "good": GOOD | DELIGHTED,
    "the": _folded("the a an this that your our their it's is it هذا هذي هال"),
    "yes": _folded(
        "yes yeah yep sure okay ok right correct exactly نعم إي ايوه هيه صح صحيح أكيد طبعا تمام"
    ),
    "no": _folded("no nope nah لا كلا لأ"),
    "you": _folded("you yourself انت انتو أنتم عندكم منكم عليكم"),
    "me": _folded("me us him her them لي لنا علي عندي معي"),
    "to": _folded("to for in on at with about of from by إلى من في على عن مع بخصوص"),
}

MOODS: Final = {
    word: mood
    for mood, names in (
        ("bad", BAD),
        ("good", GOOD),
        ("delighted", DELIGHTED),
        ("furious", FURIOUS),
    )
    for word in names
}
# What kind of word each known word is.
KINDS: Final = {
    word: kind
    for table in (CUE_WORDS, _OTHER_WORDS)
    for kind, names in table.items()
    for word in names
}
