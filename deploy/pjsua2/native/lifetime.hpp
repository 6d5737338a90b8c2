/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What our native objects must know of PJLIB's life to be dropped at any time, by any thread:
 * whether the library they were made in still runs, and that their thread is known to it.
 */
#pragma once
#include <pjlib.h>

#include <atomic>

namespace sipagent {

inline std::atomic<unsigned> &lives()
{
    static std::atomic<unsigned> count{1};
    return count;
}

/* A number that changes when PJLIB shuts down. First call of each life: on the PJSIP thread. */
inline unsigned library_life()
{
    static std::atomic<unsigned> watched{0};
    const unsigned now = lives().load();
    if (watched.exchange(now) != now)
        pj_atexit([] { lives().fetch_add(1); });
    return now;
}

/* A Python object may be collected on any thread, and PJLIB's locks ask who holds them. */
inline void register_this_thread()
{
    if (pj_thread_is_registered())
        return;
    thread_local pj_thread_desc description;
    thread_local pj_thread_t *thread;
    pj_thread_register("sipagent", description, &thread);
}

}  // namespace sipagent
