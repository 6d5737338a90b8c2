"""Arabic words behind which a number stands in the oblique case: "خلال عشرين يوما".

Prepositions, nouns that a number completes, and verbs of which it is the object. Knows words, not
grammar: a word that is not listed here leaves the number in the nominative.
"""

import re
from typing import Final

from sipagent.text.word_list import word_list

_WORDS: Final = word_list(
    # prepositions, and what is like them
    "من إلى الى على في عن مع خلال بعد قبل حتى بين حوالي حوالى نحو قرابة زهاء منذ عند لدى دون بدون"
    " ضمن أثناء طوال طيلة مقابل عبر تحت فوق كل لكل أول آخر غير سوى بعمر بسن"
    # nouns that it completes
    " لمدة بمدة مدة مهلة بمهلة فترة لفترة بنسبة نسبة بقيمة قيمة بمبلغ مبلغ ومبلغ رسوم برسوم"
    " بسعر سعر بحد بواقع بمقدار مقدار بمعدل معدل بسرعة سرعة بسعة سعة مساحة بمساحة بطول بوزن بعد"
    " غرامة بغرامة خصم بخصم دفعة رصيد برصيد رقم برقم يوم مسافة بعدد عدد لعدد درجة لغاية"
    # verbs of which it is the object
    " يكلف تكلف كلف كلفت يكلفك تكلفك تكلفه تدفع يدفع ادفع دفعت دفع ندفع أدفع دفعنا تسدد سدد سددت"
    " يستغرق تستغرق استغرق استغرقت يبلغ تبلغ بلغ بلغت انتظر تنتظر ينتظر ننتظر انتظرت"
    " يعطيك تعطيك يمنحك تمنحك يوفر توفر وفرت يشمل تشمل يتضمن تتضمن اختر تختار استخدمت استهلكت"
    " تستهلك يستهلك أضف أضفنا خصمنا نخصم أعدنا نعيد استلمت تستلم حول حولت تحول اشحن شحنت تشحن"
    " يتجاوز تتجاوز تجاوز تجاوزت يساوي تساوي يحتاج تحتاج نحتاج تملك يملك لديه خذ احجز حجزت اشتريت"
    " أرسلت أرسلنا يضم تضم كان كانت أصبح أصبحت"
)
_PARTICLES: Final = r"(?:[وف])?"
_GOVERNED: Final = re.compile(rf"(?:^|\s){_PARTICLES}(?:{'|'.join(sorted(set(_WORDS)))}|[بلك]ـ?)$")
_JOINED: Final = re.compile(
    rf"(?:^|\s){_PARTICLES}(?:{'|'.join(sorted(set(_WORDS)))})\s[0-9][^.؟!]{{0,24}}\s(?:و|أو)ـ?$"
)


def governed(before: str) -> bool:
    """Whether the text in front of a number puts it into the oblique case."""
    return bool(_GOVERNED.search(before) or _JOINED.search(before))
