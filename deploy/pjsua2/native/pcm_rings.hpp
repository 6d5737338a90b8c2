/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The audio between one bridge port and one reader: two lock-free rings of int16 samples and the
 * counters over them. Knows nothing of PJSIP or Python.
 *
 * Two threads touch a PcmRings: the clock (put, take), and Python, one thread at a time (all the
 * rest). Offsets are samples since the start and never wrap; "written space" numbers the samples
 * handed to write().
 */
#pragma once
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <new>
#include <vector>

namespace sipagent {

class PcmRings {
public:
    using u64 = std::uint64_t;

    PcmRings(unsigned frame_samples, u64 rx_capacity, u64 tx_capacity)
        : frame_samples_(frame_samples),
          rx_(std::max<u64>(rx_capacity, frame_samples)),
          tx_capacity_(std::max<u64>(tx_capacity, frame_samples)),
          tx_mask_(power_of_two_from(tx_capacity_) - 1)
    {
        /* Mapped, not allocated: a minute of audio is reserved, but only pages that were written
         * to cost memory, and they go back to the system with the call. */
        void *pages = mmap(nullptr, tx_bytes(), PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED)
            throw std::bad_alloc();
        tx_ = static_cast<std::int16_t *>(pages);
    }

    ~PcmRings() { munmap(tx_, tx_bytes()); }

    PcmRings(const PcmRings &) = delete;
    PcmRings &operator=(const PcmRings &) = delete;

    /* ---- the clock's side ------------------------------------------------------------------ */

    /* One bridge frame heard; no samples means silence, so that the media clock goes on. */
    void put(const std::int16_t *samples, unsigned count)
    {
        if (samples == nullptr || count == 0) {
            samples = nullptr;
            count = frame_samples_;
        }
        const u64 end = heard_.load(std::memory_order_relaxed);
        const u64 free = rx_.size() - (end - fetched_.load(std::memory_order_acquire));
        const unsigned kept = static_cast<unsigned>(std::min<u64>(count, free));
        for (unsigned done = 0; done < kept;) {
            const u64 at = (end + done) % rx_.size();
            const unsigned run = static_cast<unsigned>(std::min<u64>(kept - done, rx_.size() - at));
            if (samples)
                std::memcpy(&rx_[at], samples + done, run * sizeof(std::int16_t));
            else
                std::memset(&rx_[at], 0, run * sizeof(std::int16_t));
            done += run;
        }
        if (kept < count)
            lost_.fetch_add(count - kept, std::memory_order_relaxed);
        heard_.store(end + kept, std::memory_order_release);
        frames_.fetch_add(1, std::memory_order_release);
    }

    /* Fill `out` for one bridge frame; what is not covered by written audio is silence. The copy
     * counts only if the read offset did not move meanwhile: a flush or pause that wins the race
     * turns this frame into silence. */
    void take(std::int16_t *out, unsigned count)
    {
        u64 at = read_.load(std::memory_order_acquire);
        unsigned got = 0;
        if (!(at & PAUSED)) {
            const u64 end = written_.load(std::memory_order_acquire);
            const u64 base = base_.load(std::memory_order_relaxed);
            got = static_cast<unsigned>(std::min<u64>(count, end - at));
            for (unsigned i = 0; i < got; ++i)
                out[i] = __atomic_load_n(&tx_[(at + i - base) & tx_mask_], __ATOMIC_RELAXED);
            if (got && !read_.compare_exchange_strong(at, at + got, std::memory_order_acq_rel))
                got = 0;
        }
        std::memset(out + got, 0, (count - got) * sizeof(std::int16_t));
    }

    /* ---- the tick's side ------------------------------------------------------------------- */

    u64 available() const
    {
        return heard_.load(std::memory_order_acquire) - fetched_.load(std::memory_order_relaxed);
    }

    /* Copies exactly `count` samples, which must be available. */
    void fetch(std::int16_t *out, u64 count)
    {
        const u64 start = fetched_.load(std::memory_order_relaxed);
        for (u64 done = 0; done < count;) {
            const u64 at = (start + done) % rx_.size();
            const u64 run = std::min<u64>(count - done, rx_.size() - at);
            std::memcpy(out + done, &rx_[at], run * sizeof(std::int16_t));
            done += run;
        }
        fetched_.store(start + count, std::memory_order_release);
    }

    /* `samples` need not be aligned. */
    u64 write(const void *samples, u64 count)
    {
        const u64 end = written_.load(std::memory_order_relaxed);
        const u64 at = position();
        /* An empty ring starts over at its first page, so a call touches only as many pages as its
         * longest reply. A clock that still copies from the old place loses its exchange: an empty
         * ring means that the read offset has moved. */
        if (at == end)
            base_.store(end, std::memory_order_relaxed);
        const u64 base = base_.load(std::memory_order_relaxed);
        count = std::min(count, tx_capacity_ - (end - at));
        for (u64 i = 0; i < count; ++i) {
            std::int16_t sample;
            std::memcpy(&sample, static_cast<const char *>(samples) + i * sizeof sample, sizeof sample);
            __atomic_store_n(&tx_[(end + i - base) & tx_mask_], sample, __ATOMIC_RELAXED);
        }
        written_.store(end + count, std::memory_order_release);
        return end + count;
    }

    u64 flush()
    {
        const u64 end = written_.load(std::memory_order_relaxed);
        u64 at = read_.load(std::memory_order_acquire);
        do {
            if ((at & ~PAUSED) == end)
                return end;
        } while (!read_.compare_exchange_weak(at, end | (at & PAUSED), std::memory_order_acq_rel));
        at &= ~PAUSED;
        flushed_.fetch_add(end - at, std::memory_order_relaxed);
        return at;
    }

    u64 pause() { return read_.fetch_or(PAUSED, std::memory_order_acq_rel) & ~PAUSED; }
    void resume() { read_.fetch_and(~PAUSED, std::memory_order_acq_rel); }
    bool paused() const { return (read_.load(std::memory_order_acquire) & PAUSED) != 0; }

    u64 position() const { return read_.load(std::memory_order_acquire) & ~PAUSED; }
    u64 played() const { return position() - flushed_.load(std::memory_order_relaxed); }
    u64 queued() const { return written_.load(std::memory_order_relaxed) - position(); }
    u64 room() const { return tx_capacity_ - queued(); }
    u64 frames() const { return frames_.load(std::memory_order_acquire); }
    u64 lost() const { return lost_.load(std::memory_order_relaxed); }

private:
    /* The pause flag lives in the read offset's word, so pausing and playing exclude each other. */
    static constexpr u64 PAUSED = u64(1) << 63;

    static u64 power_of_two_from(u64 at_least)
    {
        u64 size = 1;
        while (size < at_least)
            size <<= 1;
        return size;
    }

    std::size_t tx_bytes() const { return (tx_mask_ + 1) * sizeof(std::int16_t); }

    const unsigned frame_samples_;
    std::vector<std::int16_t> rx_;
    const u64 tx_capacity_, tx_mask_;
    std::int16_t *tx_ = nullptr;
    std::atomic<u64> heard_{0}, fetched_{0}, lost_{0}, frames_{0};
    std::atomic<u64> read_{0}, written_{0}, base_{0}, flushed_{0};
};

}  // namespace sipagent
