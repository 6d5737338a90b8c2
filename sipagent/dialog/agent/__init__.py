"""The agent: replies by a language model that says only what it can show a source for.

``agent`` is the door; ``reply`` the loop of writing and acting; ``wording`` decides what is said.
What decides it is deterministic and knows no model: ``citing`` cuts sentences and their citations
out of the stream, ``grounds`` checks each citation against what the model was shown, and
``small_talk`` knows the sentences that need none. What is neither is not said.
"""

from sipagent.dialog.agent.agent import Agent as Agent
from sipagent.dialog.agent.agent import Clientele as Clientele
from sipagent.dialog.agent.knowledge import Knowledge as Knowledge
from sipagent.dialog.agent.prompt import Company as Company
from sipagent.dialog.agent.toolbelt import Tools as Tools
from sipagent.dialog.agent.understanding import ModelAnalyst as ModelAnalyst
