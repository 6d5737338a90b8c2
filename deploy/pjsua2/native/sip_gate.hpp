/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A module between the transports and the transactions: what it refuses costs no dialog, no call
 * and no socket. It decides by rules that are published to it and knows nothing of tenants.
 */
#pragma once
#include <pjsip.h>
#include <pjsip/sip_ua_layer.h>
#include <pjsua-lib/pjsua.h>
#include <time.h>

#include <atomic>
#include <cctype>
#include <deque>
#include <memory>
#include <mutex>
#include <pjsua2.hpp>
#include <string>
#include <vector>

#include "gate_rules.hpp"
#include "lifetime.hpp"
#include "message_log.hpp"

/* The gate of the one endpoint. `open`, `publish`, `close` and `digits` belong to the PJSIP thread;
 * counts and messages may be read from any. */
class SipGate {
public:
    enum Count {
        PASSED,      /* new calls that the stack was given */
        STRANGER,    /* requests from no trunk, or without its secret */
        BANNED,      /* of these, not answered since their source is banned */
        NOT_READY,   /* new calls while the node drains or is overloaded */
        FULL,        /* new calls beyond max_calls */
        TOO_FAST,    /* new calls beyond the trunk's calls a second */
        NOT_ALLOWED, /* methods that nobody may use outside a call */
        TOO_LARGE,   /* beyond max_bytes or max_headers */
        PINGS,       /* OPTIONS answered */
        KEYED,       /* digits by INFO */
        MALFORMED,   /* what PJSIP could not parse */
        COUNTS
    };

    ~SipGate() { close(); }

    void open()
    {
        pjsip_endpoint *endpoint = pjsua_get_pjsip_endpt();
        if (endpoint == nullptr || the_open() != nullptr)
            throw pj::Error(PJ_EINVALIDOP, "SipGate", "the library is not created, or has a gate",
                            __FILE__, __LINE__);
        life_ = sipagent::library_life();
        pool_ = pjsip_endpt_create_pool(endpoint, "gate", 512, 512);
        module_ = {};
        module_.name = pj_str(const_cast<char *>("mod-sipagent-gate"));
        module_.id = -1;
        /* Before the transport layer: received messages come here first, and sent ones last, as
         * they go on the wire. */
        module_.priority = PJSIP_MOD_PRIORITY_TRANSPORT_LAYER - 1;
        module_.on_rx_request = [](pjsip_rx_data *rdata) {
            SipGate *gate = the_open();
            return pj_bool_t(gate && gate->request(rdata)); };
        module_.on_rx_response = [](pjsip_rx_data *rdata) {
            if (SipGate *gate = the_open())
                gate->tap_received(rdata);
            return pj_bool_t(PJ_FALSE); };
        module_.on_tx_request = module_.on_tx_response = [](pjsip_tx_data *tdata) {
            if (SipGate *gate = the_open())
                gate->tap_sent(tdata);
            return pj_status_t(PJ_SUCCESS); };
        const pj_status_t status = pjsip_endpt_register_module(endpoint, &module_);
        if (status != PJ_SUCCESS) {
            pjsip_endpt_release_pool(endpoint, pool_);
            throw pj::Error(status, "SipGate", "register", __FILE__, __LINE__);
        }
        the_open() = this;
        pjsip_tpmgr_set_drop_data_cb(pjsip_endpt_get_tpmgr(endpoint), [](auto *data) {
            SipGate *gate = the_open();
            if (gate && data->status != PJ_EIGNORED)
                gate->count(MALFORMED); });
    }

    /* Idempotent, and harmless after the library's end. */
    void close()
    {
        if (the_open() != this)
            return;
        the_open() = nullptr;
        retry_after_ = nullptr; /* they lie in the pool */
        allow_ = nullptr;
        if (life_ != sipagent::library_life())
            return;
        pjsip_endpoint *endpoint = pjsua_get_pjsip_endpt();
        pjsip_tpmgr_set_drop_data_cb(pjsip_endpt_get_tpmgr(endpoint), nullptr);
        pjsip_endpt_unregister_module(endpoint, &module_);
        pjsip_endpt_release_pool(endpoint, pool_);
    }

    /* Trunks keep their buckets only until the next publication: a change of readiness goes by
     * `ready`. */
    void publish(const GateRules &rules) { rules_ = rules; }

    void ready(bool on, unsigned retry_after_s)
    {
        rules_.ready = on;
        rules_.retry_after_s = retry_after_s;
    }

    /* The trunk of the INVITE that was let in last: the stack is asked for its account within the
     * same callback. -1 before the first. */
    int admitted() const { return admitted_; }

    std::uint64_t counted(int which) const
    {
        return which < 0 || which >= COUNTS ? 0
                                            : counts_[which].load(std::memory_order_relaxed);
    }

    std::vector<sipagent::Sources::Source> busiest(unsigned count) const
    {
        return sources_.busiest(count);
    }

    /* Digits that came by INFO: SIP Call-ID and digit. */
    struct Digit {
        std::string call_id;
        char digit;
        unsigned ms;
    };

    std::deque<Digit> digits()
    {
        std::deque<Digit> taken;
        taken.swap(digits_);
        return taken;
    }

    sipagent::MessageLog &log() { return log_; }

private:
    static SipGate *&the_open()
    {
        static SipGate *gate = nullptr;
        return gate;
    }

    static sipagent::Address of(const pj_sockaddr &address)
    {
        return sipagent::Address::of(reinterpret_cast<const sockaddr *>(&address));
    }

    static std::uint64_t now_ms()
    {
        timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return std::uint64_t(now.tv_sec) * 1000 + std::uint64_t(now.tv_nsec) / 1000000;
    }

    void count(Count which) { counts_[which].fetch_add(1, std::memory_order_relaxed); }

    /* True where the request ends here. */
    bool request(pjsip_rx_data *rdata)
    {
        tap_received(rdata);
        const auto *message = rdata->msg_info.msg;
        const pjsip_method &method = message->line.req.method;
        if (within_dialog(rdata)) {
            if (insane(rdata))
                return refuse(rdata, TOO_LARGE, PJSIP_SC_REQUEST_ENTITY_TOO_LARGE);
            if (method.id == PJSIP_OPTIONS_METHOD)
                return ping(rdata);
            return pjsip_method_cmp(&method, &info_method()) == 0 && keyed(rdata);
        }
        const sipagent::Address source = of(rdata->pkt_info.src_addr);
        const bool proxied = rules_.is_proxy(source);
        const int trunk = proxied ? rules_.trunk_named(header(rdata, rules_.trunk_header_))
                                  : rules_.trunk_of(source);
        const bool needs_trunk = !proxied || method.id == PJSIP_INVITE_METHOD;
        if (needs_trunk && (trunk < 0 || !knows_secret(rules_.trunks_[trunk], rdata)))
            return proxied ? refuse(rdata, STRANGER, PJSIP_SC_FORBIDDEN) : stranger(rdata, source);
        if (insane(rdata))
            return refuse(rdata, TOO_LARGE, PJSIP_SC_REQUEST_ENTITY_TOO_LARGE);
        switch (method.id) {
        case PJSIP_INVITE_METHOD:
            return rdata->msg_info.to->tag.slen == 0 && !known(rdata) && turned_away(rdata, trunk);
        case PJSIP_ACK_METHOD:
        case PJSIP_CANCEL_METHOD:
            return false;
        case PJSIP_OPTIONS_METHOD:
            return rdata->msg_info.to->tag.slen == 0 && ping(rdata);
        default:
            if (rdata->msg_info.to->tag.slen)
                return false; /* a call that we do not know: 481 is PJSIP's */
            return refuse(rdata, NOT_ALLOWED, PJSIP_SC_METHOD_NOT_ALLOWED, allow());
        }
    }

    bool insane(const pjsip_rx_data *rdata) const
    {
        if (unsigned(rdata->msg_info.len) > rules_.max_bytes)
            return true;
        const auto *head = &rdata->msg_info.msg->hdr;
        unsigned headers = 0;
        for (const auto *hdr = head->next; hdr != head; hdr = hdr->next)
            if (++headers > rules_.max_headers)
                return true;
        return false;
    }

    /* Whoever knows a call's identifiers belongs to it: a peer may send BYE from another address
     * than its INVITE came from. */
    static bool within_dialog(const pjsip_rx_data *rdata)
    {
        const auto &info = rdata->msg_info;
        return info.to->tag.slen && info.from->tag.slen &&
               pjsip_ua_find_dialog(&info.cid->id, &info.to->tag, &info.from->tag, PJ_FALSE);
    }

    /* Compared to the end, so that its time does not tell how much was right. */
    static bool knows_secret(const GateRules::Trunk &trunk, pjsip_rx_data *rdata)
    {
        if (trunk.header.empty() || rdata->msg_info.msg->line.req.method.id != PJSIP_INVITE_METHOD)
            return true;
        const std::string given = header(rdata, trunk.header);
        if (given.size() != trunk.secret.size())
            return false;
        unsigned char different = 0;
        for (std::size_t i = 0; i < trunk.secret.size(); ++i)
            different |= static_cast<unsigned char>(trunk.secret[i] ^ given[i]);
        return different == 0;
    }

    /* The value of the first X- header of that name, or nothing. */
    static std::string header(const pjsip_rx_data *rdata, const std::string &name)
    {
        const pj_str_t sought = pj_str(const_cast<char *>(name.c_str()));
        const auto *found = static_cast<const pjsip_generic_string_hdr *>(
            pjsip_msg_find_hdr_by_name(rdata->msg_info.msg, &sought, nullptr));
        return found ? std::string(found->hvalue.ptr, std::size_t(found->hvalue.slen)) : "";
    }

    bool stranger(pjsip_rx_data *rdata, const sipagent::Address &source)
    {
        count(STRANGER);
        if (sources_.banned(source, now_ms(), rules_.stranger_most_per_s,
                            rules_.ban_s * std::uint64_t(1000))) {
            count(BANNED);
            return true;
        }
        if (rules_.answer_strangers)
            respond(rdata, PJSIP_SC_FORBIDDEN);
        return true;
    }

    /* Whether this is a repetition of what a transaction handles already. */
    static bool known(pjsip_rx_data *rdata)
    {
        pj_str_t key;
        return pjsip_tsx_create_key(rdata->tp_info.pool, &key, PJSIP_ROLE_UAS,
                                    &rdata->msg_info.cseq->method, rdata) == PJ_SUCCESS &&
               pjsip_tsx_layer_find_tsx(&key, PJ_FALSE) != nullptr;
    }

    bool turned_away(pjsip_rx_data *rdata, int trunk)
    {
        if (!rules_.ready)
            return refuse(rdata, NOT_READY, PJSIP_SC_SERVICE_UNAVAILABLE, retry_after());
        if (rules_.max_calls && pjsua_call_get_count() >= rules_.max_calls)
            return refuse(rdata, FULL, PJSIP_SC_SERVICE_UNAVAILABLE, retry_after());
        if (!rules_.trunks_[trunk].rate.take(now_ms()))
            return refuse(rdata, TOO_FAST, PJSIP_SC_SERVICE_UNAVAILABLE, retry_after());
        count(PASSED);
        admitted_ = trunk;
        return false;
    }

    /* Within a call, where PJSIP would answer 500, OPTIONS asks whether the call lives. */
    bool ping(pjsip_rx_data *rdata)
    {
        count(PINGS);
        if (!rules_.ready && !rdata->msg_info.to->tag.slen) {
            respond(rdata, PJSIP_SC_SERVICE_UNAVAILABLE, retry_after());
            return true;
        }
        pjsip_hdr able;
        pj_list_init(&able);
        for (const int which : {PJSIP_H_ALLOW, PJSIP_H_ACCEPT, PJSIP_H_SUPPORTED})
            if (const auto *hdr = pjsip_endpt_get_capability(pjsua_get_pjsip_endpt(), which, nullptr))
                pj_list_push_back(&able, pjsip_hdr_clone(rdata->tp_info.pool, hdr));
        respond(rdata, PJSIP_SC_OK, &able);
        return true;
    }

    /* RFC 6086 INFO with a digit, in the two bodies that the field knows: "5" as application/dtmf,
     * "Signal=5 CRLF Duration=160" as application/dtmf-relay. PJSIP answers 500 to the first, and to
     * one without a body, by which a peer asks whether the call lives. The transaction that answers
     * also absorbs repetitions, so a digit counts once. */
    bool keyed(pjsip_rx_data *rdata)
    {
        const auto *body = rdata->msg_info.msg->body;
        if (!body) {
            respond(rdata, PJSIP_SC_OK);
            return true;
        }
        if (pj_stricmp2(&body->content_type.type, "application"))
            return false;
        const bool relay = !pj_stricmp2(&body->content_type.subtype, "dtmf-relay");
        if (!relay && pj_stricmp2(&body->content_type.subtype, "dtmf"))
            return false;
        if (known(rdata))
            return false;
        const std::string text(static_cast<const char *>(body->data), body->len);
        std::string said = relay ? field(text, "signal") : text;
        said = trimmed(said);
        if (relay && said.size() == 2 && said[0] == '1' && said[1] >= '0' && said[1] <= '6')
            /* the event's number (RFC 4733 table 7); 16 is the hook, which is no key */
            said = said[1] == '6' ? std::string() : std::string(1, "*#ABCD"[said[1] - '0']);
        const std::string length = relay ? field(text, "duration") : "";
        bool good = !said.empty() && said.size() <= MOST_DIGITS_AT_ONCE;
        for (char &key : said) {
            key = char(std::toupper(static_cast<unsigned char>(key)));
            good = good && key && std::strchr("0123456789*#ABCD", key);
        }
        if (good && digits_.size() < MOST_DIGITS_WAITING) {
            const auto &id = rdata->msg_info.cid->id;
            const unsigned ms = unsigned(std::min(60000ul, std::strtoul(length.c_str(), nullptr, 10)));
            for (const char key : said)
                digits_.push_back({std::string(id.ptr, id.slen), key, ms});
            count(KEYED);
        }
        pjsip_endpt_respond(pjsua_get_pjsip_endpt(), &module_, rdata,
                            good ? PJSIP_SC_OK : PJSIP_SC_BAD_REQUEST, nullptr, nullptr, nullptr,
                            nullptr);
        return true;
    }

    static std::string trimmed(const std::string &text)
    {
        const auto first = text.find_first_not_of(" \t\r\n");
        return first == std::string::npos
                   ? ""
                   : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
    }

    /* The value of "name=value" or "name: value" in lines, without regard to case. */
    static std::string field(const std::string &text, const char *name)
    {
        for (std::size_t start = 0; start < text.size();) {
            const std::size_t end = std::min(text.find('\n', start), text.size());
            const std::string line = text.substr(start, end - start);
            const std::size_t sign = line.find_first_of("=:");
            if (sign != std::string::npos &&
                pj_ansi_stricmp(trimmed(line.substr(0, sign)).c_str(), name) == 0)
                return trimmed(line.substr(sign + 1));
            start = end + 1;
        }
        return "";
    }

    bool refuse(pjsip_rx_data *rdata, Count why, int status, const pjsip_hdr *headers = nullptr)
    {
        count(why);
        respond(rdata, status, headers);
        return true;
    }

    static void respond(pjsip_rx_data *rdata, int status, const pjsip_hdr *headers = nullptr)
    {
        if (rdata->msg_info.msg->line.req.method.id != PJSIP_ACK_METHOD)
            pjsip_endpt_respond_stateless(pjsua_get_pjsip_endpt(), rdata, status, nullptr, headers,
                                          nullptr);
    }

    const pjsip_hdr *retry_after()
    {
        if (!retry_after_) {
            retry_after_ = pjsip_retry_after_hdr_create(pool_, int(rules_.retry_after_s));
            pj_list_init(&retry_list_);
            pj_list_push_back(&retry_list_, retry_after_);
        }
        retry_after_->ivalue = int(rules_.retry_after_s);
        return &retry_list_;
    }

    const pjsip_hdr *allow()
    {
        if (!allow_) {
            const auto *able =
                pjsip_endpt_get_capability(pjsua_get_pjsip_endpt(), PJSIP_H_ALLOW, nullptr);
            allow_ = static_cast<pjsip_hdr *>(pjsip_hdr_clone(pool_, able));
            pj_list_init(&allow_list_);
            pj_list_push_back(&allow_list_, allow_);
        }
        return &allow_list_;
    }

    static const pjsip_method &info_method()
    {
        static const pjsip_method method = {PJSIP_OTHER_METHOD,
                                            {const_cast<char *>("INFO"), 4}};
        return method;
    }

    void tap_received(const pjsip_rx_data *rdata)
    {
        if (!log_.listening())
            return;
        log_.note(false, shown(rdata->pkt_info.src_addr), rdata->msg_info.msg_buf,
                  std::size_t(rdata->msg_info.len));
    }

    void tap_sent(const pjsip_tx_data *tdata)
    {
        if (!log_.listening())
            return;
        log_.note(true, shown(tdata->tp_info.dst_addr), tdata->buf.start,
                  std::size_t(tdata->buf.cur - tdata->buf.start));
    }

    static std::string shown(const pj_sockaddr &address)
    {
        char text[PJ_INET6_ADDRSTRLEN + 10] = "";
        pj_sockaddr_print(&address, text, sizeof text, 3);
        return text;
    }

    static constexpr std::size_t MOST_DIGITS_AT_ONCE = 32, MOST_DIGITS_WAITING = 4096;

    GateRules rules_;
    sipagent::Sources sources_;
    sipagent::MessageLog log_;
    std::deque<Digit> digits_;
    std::atomic<std::uint64_t> counts_[COUNTS] = {};
    pjsip_module module_{};
    pj_pool_t *pool_ = nullptr;
    pjsip_retry_after_hdr *retry_after_ = nullptr;
    pjsip_hdr *allow_ = nullptr;
    pjsip_hdr retry_list_{}, allow_list_{};
    int admitted_ = -1;
    unsigned life_ = 0;
};
