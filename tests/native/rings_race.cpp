/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs the rings of pcm_rings.hpp at full speed against a writer that flushes and pauses, under the
 * thread sanitizer. Prints how often a flush won against a frame in the making; fails if a sample
 * was heard that was reported dropped, or the other way round.
 */
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "pcm_rings.hpp"

using u64 = std::uint64_t;

static std::int16_t numbered(u64 offset) { return std::int16_t(offset % 32767 + 1); }

int main(int, char **argv)
{
    const int rounds = std::atoi(argv[1]);
    constexpr unsigned FRAME = 16;
    sipagent::PcmRings rings(FRAME, 4096, 4096);
    std::atomic<bool> writing{true};
    std::vector<std::int16_t> taken;

    std::thread clock([&] {
        std::int16_t frame[FRAME];
        bool more = true;
        while (more) {
            more = writing.load();
            rings.take(frame, FRAME);
            rings.put(frame, FRAME);
            for (std::int16_t sample : frame)
                if (sample)
                    taken.push_back(sample);
        }
    });

    std::vector<u64> kept;
    std::vector<std::int16_t> heard;
    u64 start = 0, end = 0, contested = 0, flushes = 0;
    std::int16_t batch[256], got[4096];
    for (int round = 0; round < rounds; ++round) {
        const unsigned wanted = 1 + unsigned(round * 37) % 256;
        for (unsigned i = 0; i < wanted; ++i)
            batch[i] = numbered(end + i);
        end = rings.write(batch, wanted);
        if (round % 7 == 0) {
            const u64 at = rings.pause();
            if (rings.position() != at || !rings.paused())
                return std::puts("a paused ring moved"), 1;
            rings.resume();
        }
        if (round % 3 == 0) {
            const u64 dropped = rings.flush();
            contested += dropped != end && dropped != start;
            ++flushes;
            for (u64 i = start; i < dropped; ++i)
                kept.push_back(i);
            start = end;
        }
        const u64 count = std::min<u64>(rings.available(), 4096);
        rings.fetch(got, count);
        for (u64 i = 0; i < count; ++i)
            if (got[i])
                heard.push_back(got[i]);
    }
    while (rings.queued())
        std::this_thread::yield();
    for (u64 i = start; i < end; ++i)
        kept.push_back(i);
    writing = false;
    clock.join();

    if (taken.size() != kept.size() || rings.played() != kept.size())
        return std::printf("kept %zu, took %zu, played %llu\n", kept.size(), taken.size(),
                           static_cast<unsigned long long>(rings.played())), 1;
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (taken[i] != numbered(kept[i]))
            return std::printf("sample %zu is wrong\n", i), 1;
    if (rings.lost() == 0 && heard.size() + 4096 < taken.size())
        return std::puts("heard samples went missing uncounted"), 1;
    std::printf("%zu samples kept, %llu flushes, %llu in the midst of playing\n", kept.size(),
                static_cast<unsigned long long>(flushes),
                static_cast<unsigned long long>(contested));
    return contested ? 0 : (std::puts("nothing raced"), 1);
}
