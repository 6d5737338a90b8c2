"""Written text as a voice should say it: amounts, dates, times, numbers, addresses.

Every unit keeps what was written beside what is said, so that the text of the reply, and not
its reading, stands in the record. Knows no voice.
"""

from sipagent.text.spoken.reader import Reading as Reading
from sipagent.text.spoken.reader import clean as clean
from sipagent.text.spoken.reader import said as said
from sipagent.text.spoken.reader import units as units
from sipagent.text.spoken.unit import Unit as Unit
