/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the gate goes by: who may call, how often, and what strangers get.
 */
#pragma once
#include <pjlib.h>

#include <algorithm>
#include <pjsua2.hpp>
#include <string>
#include <vector>

#include "gate_core.hpp"

/* What the gate goes by. Filled in, then published whole. */
class GateRules {
public:
    /* What strangers get. */
    bool answer_strangers = false; /* 403 instead of nothing */
    unsigned stranger_most_per_s = 20;
    unsigned ban_s = 60;

    /* What anybody may send. */
    unsigned max_bytes = 15000; /* PJSIP itself cuts at PJSIP_MAX_PKT_LEN */
    unsigned max_headers = 128;

    /* Admission. A node that is not ready answers 503 to new calls and to OPTIONS. */
    bool ready = false;
    unsigned max_calls = 0;
    unsigned retry_after_s = 5;

    /* The header by which a proxy names the trunk that a call came from. */
    void trunk_header(const std::string &header)
    {
        if (!is_own_header(header))
            throw pj::Error(PJ_EINVAL, "GateRules", "not an X- header: " + header, __FILE__,
                            __LINE__);
        trunk_header_ = header;
    }

    /* A trunk whose INVITEs carry `secret` in the header `header`, where that is not empty, and at
     * most `calls_per_s` new calls a second, where that is not zero. Returns its number. */
    int trunk(const std::string &name, double calls_per_s, const std::string &header,
              const std::string &secret)
    {
        if (!header.empty() && !is_own_header(header))
            throw pj::Error(PJ_EINVAL, "GateRules", "not an X- header: " + header, __FILE__,
                            __LINE__);
        trunks_.push_back({name, sipagent::Rate(calls_per_s), header, secret});
        return int(trunks_.size()) - 1;
    }

    /* Requests from `text` ("192.0.2.0/24") are the trunk's. The narrowest network counts. */
    void network(int trunk, const std::string &text)
    {
        if (trunk < 0 || std::size_t(trunk) >= trunks_.size())
            throw pj::Error(PJ_EINVAL, "GateRules", "no such trunk", __FILE__, __LINE__);
        networks_.push_back({parsed(text), trunk});
    }

    /* Who sends from `text` is a proxy of ours: what it says of the trunk is believed. */
    void proxy(const std::string &text) { proxies_.push_back(parsed(text)); }

    bool is_proxy(const sipagent::Address &address) const
    {
        return std::any_of(proxies_.begin(), proxies_.end(),
                           [&](const auto &network) { return network.holds(address); });
    }

    /* The number of the trunk of that name, or -1. */
    int trunk_named(const std::string &name) const
    {
        for (std::size_t number = 0; number < trunks_.size(); ++number)
            if (!name.empty() && trunks_[number].name == name)
                return int(number);
        return -1;
    }

    /* The number of the trunk of "address:port" or "[address]:port", or -1. */
    int trunk_of(const std::string &source) const
    {
        pj_sockaddr address;
        pj_str_t text = pj_str(const_cast<char *>(source.c_str()));
        if (pj_sockaddr_parse(pj_AF_UNSPEC(), 0, &text, &address) != PJ_SUCCESS)
            return -1;
        return trunk_of(sipagent::Address::of(reinterpret_cast<const sockaddr *>(&address)));
    }

    int trunk_of(const sipagent::Address &address) const
    {
        int found = -1;
        unsigned narrowest = 0;
        for (const Entry &entry : networks_)
            if (entry.network.bits >= narrowest && entry.network.holds(address)) {
                narrowest = entry.network.bits;
                found = entry.trunk;
            }
        return found;
    }

private:
    friend class SipGate;
    struct Trunk {
        std::string name;
        sipagent::Rate rate;
        std::string header, secret;
    };
    struct Entry {
        sipagent::Network network;
        int trunk;
    };
    /* PJSIP parses no such header: its value is plain text in the message. */
    static bool is_own_header(const std::string &name)
    {
        return name.size() > 2 && (name[0] == 'X' || name[0] == 'x') && name[1] == '-';
    }

    static sipagent::Network parsed(const std::string &text)
    {
        try {
            return sipagent::Network::parse(text);
        } catch (const std::exception &) {
            throw pj::Error(PJ_EINVAL, "GateRules", "not a network: " + text, __FILE__, __LINE__);
        }
    }

    std::string trunk_header_ = "X-Sipagent-Trunk";
    std::vector<Trunk> trunks_;
    std::vector<Entry> networks_;
    std::vector<sipagent::Network> proxies_;
};
