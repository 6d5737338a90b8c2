"""How a node runs; ``settings.py`` holds the whole, the others its parts."""

from sipagent.config.engines import BY_MODEL as BY_MODEL
from sipagent.config.engines import ENGINES as ENGINES
from sipagent.config.engines import EngineSettings as EngineSettings
from sipagent.config.engines import EspeakSettings as EspeakSettings
from sipagent.config.engines import HearingSettings as HearingSettings
from sipagent.config.engines import WhisperSettings as WhisperSettings
from sipagent.config.faults import ENV_PREFIX as ENV_PREFIX
from sipagent.config.settings import DEFAULT_FILE as DEFAULT_FILE
from sipagent.config.settings import Settings as Settings
from sipagent.config.settings import load as load
from sipagent.config.settings import tenants_by_number as tenants_by_number
from sipagent.config.sip import DEMO_TRUNKS as DEMO_TRUNKS
from sipagent.config.sip import HEADROOM_CALLS as HEADROOM_CALLS
from sipagent.config.sip import MOST_TRUNKS as MOST_TRUNKS
from sipagent.config.sip import PORTS_PER_CALL as PORTS_PER_CALL
from sipagent.config.sip import Listener as Listener
from sipagent.config.sip import MediaSettings as MediaSettings
from sipagent.config.sip import SipSettings as SipSettings
from sipagent.config.sip import TlsSettings as TlsSettings
from sipagent.config.sip import Trunk as Trunk
from sipagent.config.tenants import DESK_URI_LONGEST as DESK_URI_LONGEST
from sipagent.config.tenants import HandoffSettings as HandoffSettings
from sipagent.config.tenants import SipUri as SipUri
from sipagent.config.tenants import Tenant as Tenant
from sipagent.config.tenants import demo_knowledge as demo_knowledge
from sipagent.config.tenants import demo_tenants as demo_tenants
