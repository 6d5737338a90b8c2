/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bridge port whose other end is read and written in batches by one thread outside PJSIP.
 * Knows nothing of calls, and no Python runs between a frame and its clock.
 */
#pragma once
#include <pjsua-lib/pjsua.h>

#include <atomic>
#include <pjsua2.hpp>

#include "lifetime.hpp"
#include "pcm_rings.hpp"

class PcmPort : public pj::AudioMedia {
public:
    using u64 = std::uint64_t;

    PcmPort() = default;
    virtual ~PcmPort()
    {
        close();
        if (Shared *shared = shared_.exchange(nullptr))
            shared->release();
    }

    /* Creates the port and queues it into the bridge. PJSIP thread only, once in an object's life. */
    void open(int clock_hz, int frame_samples, int rx_ms = 2000, int tx_ms = 60000)
    {
        if (clock_hz <= 0 || frame_samples <= 0 || rx_ms <= 0 || tx_ms <= 0)
            fail(PJ_EINVAL, "PcmPort::open() takes positive numbers");
        if (shared_.load())
            fail(PJ_EEXISTS, "a PcmPort opens once");
        pj_pool_t *pool = pjsua_pool_create("pcm%p", 1000, 500);
        if (pool == nullptr)
            fail(PJ_ENOMEM, "PcmPort::open() has no pool");
        Shared *shared;
        try {
            shared = new Shared(pool, frame_samples, u64(rx_ms) * clock_hz / 1000,
                                u64(tx_ms) * clock_hz / 1000);
        } catch (const std::bad_alloc &) {
            pj_pool_release(pool);
            fail(PJ_ENOMEM, "PcmPort::open() has no memory for its rings");
        }
        port_ = create_port(pool, shared, clock_hz, frame_samples);
        pj_status_t status = pjmedia_port_init_grp_lock(port_, pool, nullptr);
        if (status != PJ_SUCCESS) {
            on_destroy(port_);
            shared->release();
            fail(status, "PcmPort::open() has no lock");
        }
        life_ = sipagent::library_life();
        status = pjsua_conf_add_port(pool, port_, &id);
        if (status != PJ_SUCCESS) {
            id = PJSUA_INVALID_ID;
            pjmedia_port_destroy(port_);
            shared->release();
            fail(status, "the bridge did not take the PcmPort");
        }
        shared_.store(shared, std::memory_order_release);
    }

    /* Takes the port out of the bridge; the bridge lets go of it at its next tick. What was heard
     * can still be read. Idempotent. */
    void close()
    {
        if (id == PJSUA_INVALID_ID)
            return;
        const pjsua_conf_port_id slot = id;
        id = PJSUA_INVALID_ID;
        if (life_ != sipagent::library_life()) {
            /* The library went first and took the port's pool and lock with it. */
            shared_.load()->release();
            return;
        }
        sipagent::register_this_thread();
        pjsua_conf_remove_port(slot);
        pjmedia_port_destroy(port_);
    }

    sipagent::PcmRings *rings() const
    {
        Shared *shared = shared_.load(std::memory_order_acquire);
        return shared ? &shared->rings : nullptr;
    }

private:
    /* Owned by the PcmPort and by the bridge's port together; the last one frees it. */
    struct Shared {
        Shared(pj_pool_t *pool, unsigned frame_samples, u64 rx, u64 tx)
            : pool(pool), rings(frame_samples, rx, tx) {}
        void release()
        {
            if (owners.fetch_sub(1, std::memory_order_acq_rel) == 1)
                delete this;
        }
        pj_pool_t *const pool;
        std::atomic<int> owners{2};
        sipagent::PcmRings rings;
    };

    static pjmedia_port *create_port(pj_pool_t *pool, Shared *shared, int clock_hz, int samples)
    {
        pjmedia_port *port = PJ_POOL_ZALLOC_T(pool, pjmedia_port);
        const pj_str_t name = pj_str(pool->obj_name);
        pjmedia_port_info_init(&port->info, &name, PJMEDIA_SIG_CLASS_APP('P', 'C', 'M'), clock_hz,
                               1, 16, samples);
        port->port_data.pdata = shared;
        port->put_frame = &put_frame;
        port->get_frame = &get_frame;
        port->on_destroy = &on_destroy;
        return port;
    }

    static Shared *shared_of(pjmedia_port *port)
    {
        return static_cast<Shared *>(port->port_data.pdata);
    }

    static pj_status_t put_frame(pjmedia_port *port, pjmedia_frame *frame)
    {
        const bool audio = frame->type == PJMEDIA_FRAME_TYPE_AUDIO && frame->buf;
        shared_of(port)->rings.put(audio ? static_cast<const std::int16_t *>(frame->buf) : nullptr,
                                   audio ? unsigned(frame->size / sizeof(std::int16_t)) : 0);
        return PJ_SUCCESS;
    }

    static pj_status_t get_frame(pjmedia_port *port, pjmedia_frame *frame)
    {
        const unsigned samples = PJMEDIA_PIA_SPF(&port->info);
        shared_of(port)->rings.take(static_cast<std::int16_t *>(frame->buf), samples);
        frame->size = samples * sizeof(std::int16_t);
        frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
        return PJ_SUCCESS;
    }

    static pj_status_t on_destroy(pjmedia_port *port)
    {
        Shared *shared = shared_of(port);
        pj_pool_t *pool = shared->pool;
        shared->release();
        pj_pool_release(pool);
        return PJ_SUCCESS;
    }

    [[noreturn]] static void fail(pj_status_t status, const char *what)
    {
        throw pj::Error(status, "PcmPort", what, __FILE__, __LINE__);
    }

    std::atomic<Shared *> shared_{nullptr};
    pjmedia_port *port_ = nullptr;
    unsigned life_ = 0;
};
