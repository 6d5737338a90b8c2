/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the gate knows of networks, rates and sources. No PJSIP: plain values and a clock it is told.
 */
#pragma once
#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace sipagent {

/* An IPv6 address, or an IPv4 one mapped into it (RFC 4291 section 2.5.5.2), so that a call over a
 * dual-stack socket has the source that its trunk names. */
struct Address {
    std::array<std::uint8_t, 16> bytes{};

    bool operator==(const Address &other) const { return bytes == other.bytes; }

    static Address of(const sockaddr *from)
    {
        if (from->sa_family == AF_INET6) {
            Address address;
            std::memcpy(address.bytes.data(),
                        &reinterpret_cast<const sockaddr_in6 *>(from)->sin6_addr, 16);
            return address;
        }
        return v4(reinterpret_cast<const sockaddr_in *>(from)->sin_addr);
    }

    static Address v4(const in_addr &address)
    {
        Address mapped;
        mapped.bytes[10] = mapped.bytes[11] = 0xff;
        std::memcpy(mapped.bytes.data() + 12, &address, 4);
        return mapped;
    }

    bool is_v4() const
    {
        static const std::uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
        return std::memcmp(bytes.data(), prefix, sizeof prefix) == 0;
    }

    std::string text() const
    {
        char shown[INET6_ADDRSTRLEN] = "";
        if (is_v4())
            inet_ntop(AF_INET, bytes.data() + 12, shown, sizeof shown);
        else
            inet_ntop(AF_INET6, bytes.data(), shown, sizeof shown);
        return shown;
    }

    std::size_t hash() const
    {
        std::uint64_t mixed = 14695981039346656037u; /* FNV-1a */
        for (const std::uint8_t byte : bytes)
            mixed = (mixed ^ byte) * 1099511628211u;
        return std::size_t(mixed ^ mixed >> 32);
    }
};

struct Network {
    Address base;
    unsigned bits = 0; /* of 128 */

    /* "192.0.2.0/24" or "2001:db8::/32"; throws std::invalid_argument. */
    static Network parse(const std::string &text)
    {
        const std::size_t slash = text.find('/');
        const std::string host = text.substr(0, slash);
        Network network;
        in_addr four;
        unsigned longest = 128;
        if (inet_pton(AF_INET, host.c_str(), &four) == 1) {
            network.base = Address::v4(four);
            longest = 32;
        } else if (inet_pton(AF_INET6, host.c_str(), network.base.bytes.data()) != 1) {
            throw std::invalid_argument("not a network: " + text);
        }
        unsigned bits = longest;
        if (slash != std::string::npos) {
            std::size_t used = 0;
            const std::string length = text.substr(slash + 1);
            const int given = length.empty() ? -1 : std::stoi(length, &used);
            if (given < 0 || unsigned(given) > longest || used != length.size())
                throw std::invalid_argument("not a network: " + text);
            bits = unsigned(given);
        }
        network.bits = bits + (128 - longest);
        return network;
    }

    bool holds(const Address &address) const
    {
        const unsigned whole = bits / 8, rest = bits % 8;
        if (std::memcmp(address.bytes.data(), base.bytes.data(), whole) != 0)
            return false;
        return rest == 0 || (address.bytes[whole] ^ base.bytes[whole]) >> (8 - rest) == 0;
    }
};

/* A token bucket: `per_s` on average, a second's worth at once. Zero admits everything. */
class Rate {
public:
    explicit Rate(double per_s = 0) : per_s_(per_s), tokens_(std::max(1.0, per_s)) {}

    bool take(std::uint64_t now_ms)
    {
        if (per_s_ <= 0)
            return true;
        const double most = std::max(1.0, per_s_);
        tokens_ = std::min(most, tokens_ + per_s_ * double(now_ms - last_ms_) / 1000.0);
        last_ms_ = now_ms;
        if (tokens_ < 1)
            return false;
        tokens_ -= 1;
        return true;
    }

    double per_s() const { return per_s_; }

private:
    double per_s_;
    double tokens_;
    std::uint64_t last_ms_ = 0;
};

/* Who knocked, how often, and who is banned. A table of fixed size: a flood from a million forged
 * addresses displaces other strangers, and costs no memory. */
class Sources {
public:
    static constexpr std::size_t SETS = 512, WAYS = 8;

    struct Source {
        Address address;
        std::uint64_t seen_ms = 0, second_ms = 0, banned_until_ms = 0, refused = 0;
        std::uint32_t in_second = 0;
        bool used = false;
    };

    Sources() : table_(SETS * WAYS) {}

    /* Count one unwanted request; whether its source is banned now. A source above `most_per_s` is
     * banned for `ban_ms`, and again for as long as it goes on. Zero never bans. */
    bool banned(const Address &address, std::uint64_t now_ms, unsigned most_per_s,
                std::uint64_t ban_ms)
    {
        Source &source = find(address);
        source.seen_ms = now_ms;
        ++source.refused;
        if (now_ms - source.second_ms >= 1000) {
            source.second_ms = now_ms;
            source.in_second = 0;
        }
        if (++source.in_second > most_per_s && most_per_s > 0)
            source.banned_until_ms = now_ms + ban_ms;
        return now_ms < source.banned_until_ms;
    }

    /* The busiest first. */
    std::vector<Source> busiest(std::size_t count) const
    {
        std::vector<Source> all;
        for (const Source &source : table_)
            if (source.used)
                all.push_back(source);
        std::sort(all.begin(), all.end(),
                  [](const Source &a, const Source &b) { return a.refused > b.refused; });
        if (all.size() > count)
            all.resize(count);
        return all;
    }

private:
    Source &find(const Address &address)
    {
        Source *const set = &table_[address.hash() % SETS * WAYS];
        Source *oldest = set;
        for (Source *entry = set; entry != set + WAYS; ++entry) {
            if (entry->used && entry->address == address)
                return *entry;
            if (!entry->used || entry->seen_ms < oldest->seen_ms)
                oldest = entry;
            if (!entry->used)
                break;
        }
        *oldest = Source{};
        oldest->address = address;
        oldest->used = true;
        return *oldest;
    }

    std::vector<Source> table_;
};

}  // namespace sipagent
