/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Raw SIP messages for whoever listens; costs nothing while nobody does.
 */
#pragma once
#include <time.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

namespace sipagent {

/* Raw messages, oldest first, in a bounded buffer; one that finds no room is counted. */
class MessageLog {
public:
    /* Little endian, 16 bytes, then address and message: u64 CLOCK_REALTIME ns, u8 direction
     * (0 received, 1 sent), u8 zero, u16 length of the address, u32 length of the message. */
    struct __attribute__((packed)) Head {
        std::uint64_t ns;
        std::uint8_t direction, zero;
        std::uint16_t address;
        std::uint32_t message;
    };
    static_assert(sizeof(Head) == 16, "the record is documented as 16 bytes, address and message");

    void listen(bool on)
    {
        std::lock_guard<std::mutex> hold(lock_);
        listening_.store(on, std::memory_order_relaxed);
        if (!on)
            records_.clear();
    }

    bool listening() const { return listening_.load(std::memory_order_relaxed); }

    void note(bool sent, const std::string &address, const char *message, std::size_t size)
    {
        timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        const Head head{std::uint64_t(now.tv_sec) * 1000000000u + std::uint64_t(now.tv_nsec),
                        sent, 0, std::uint16_t(address.size()), std::uint32_t(size)};
        std::lock_guard<std::mutex> hold(lock_);
        if (records_.size() + sizeof head + address.size() + size > CAPACITY) {
            lost_.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        records_.append(reinterpret_cast<const char *>(&head), sizeof head);
        records_.append(address);
        records_.append(message, size);
    }

    std::string take()
    {
        std::string taken;
        std::lock_guard<std::mutex> hold(lock_);
        taken.swap(records_);
        return taken;
    }

    std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

private:
    static constexpr std::size_t CAPACITY = 8u << 20;
    std::atomic<bool> listening_{false};
    std::atomic<std::uint64_t> lost_{0};
    std::mutex lock_;
    std::string records_;
};

}  // namespace sipagent
