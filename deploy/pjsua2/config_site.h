/* PJSIP's compile-time settings for a node that answers a thousand telephone calls and has neither
 * camera nor sound card. What is not named here is upstream's default. */

/* A server, not a debugger: assertions return errors, logs up to level 5 stay available. */
#define PJ_DEBUG 0
#define PJSIP_SAFE_MODULE 0
#define PJSIP_UNESCAPE_IN_PLACE 1

#define PJ_HAS_IPV6 1

/* Limits. Refusing calls is admission's work, so none of these may be met first. An ioqueue holds
 * two sockets for each call (RTP and RTCP) and one for each SIP connection. */
#define PJSUA_MAX_CALLS 1280
#define PJSUA_MAX_ACC 64
#define PJSUA_MAX_BUDDIES 16
#define PJSUA_MAX_CONF_PORTS 4096
#define PJSUA_MAX_PLAYERS 256
#define PJSUA_MAX_RECORDERS 256
#define PJ_IOQUEUE_MAX_HANDLES 8704
#define PJSIP_MAX_TRANSPORTS 4096
#define PJSIP_MAX_TSX_COUNT ((64 * 1024) - 1)
#define PJSIP_MAX_DIALOG_COUNT ((16 * 1024) - 1)
#define PJSIP_TPMGR_HTABLE_SIZE 1021
#define PJSIP_MAX_TIMED_OUT_ENTRIES 64
#define PJSIP_MAX_NET_EVENTS 16

/* Carriers put long Record-Route sets, STIR passports and two bodies in one INVITE. */
#define PJSIP_MAX_PKT_LEN 16000
#define PJSIP_MAX_URL_SIZE 1024

/* A trunk that speaks UDP has no TCP to switch to. Whoever wants long requests on TCP says so in the
 * URI; the others get fragments. */
#define PJSIP_DONT_SWITCH_TO_TCP 1

/* A burst of INVITEs waits in the kernel, not on the floor (bounded by net.core.rmem_max). */
#define PJSIP_UDP_SO_RCVBUF_SIZE (8 * 1024 * 1024)
#define PJSIP_UDP_SO_SNDBUF_SIZE (8 * 1024 * 1024)

/* Who connects over TCP or TLS and says nothing holds a descriptor that a call may need. */
#define PJSIP_TCP_INITIAL_TIMEOUT 5
#define PJSIP_TRANSPORT_SERVER_IDLE_TIME_FIRST 5

/* Encryption: SDES for carriers, DTLS for browsers. */
#define PJMEDIA_HAS_SRTP 1
#define PJMEDIA_SRTP_HAS_SDES 1
#define PJMEDIA_SRTP_HAS_DTLS 1

/* Our RTP may follow the peer's: patches/rtp-source.patch decides when. */
#define PJMEDIA_TRANSPORT_SWITCH_REMOTE_ADDR 1

/* The audio of a call is the caller's and the agent's, at the level they were spoken. */
#define PJMEDIA_CONF_USE_AGC 0

#define PJMEDIA_HAS_VIDEO 0
