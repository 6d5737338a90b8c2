/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A media transport in front of another one that notes each RTP packet and passes it on unchanged.
 * Knows nothing of codecs. PJSUA puts it before its SRTP transport: what it notes is not encrypted.
 */
#pragma once
#include <pjmedia.h>
#include <pjsua-lib/pjsua.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <pjsua2.hpp>
#include <string>

namespace sipagent {

/* Packed records, oldest first, in a bounded buffer; a record that finds no room is counted. Both
 * directions come from different threads, some 50 times a second: a lock held for one copy. */
class PacketLog {
public:
    enum Direction : std::uint8_t { RX = 0, TX = 1 };

    /* Little endian, 20 bytes, then the payload: u64 CLOCK_MONOTONIC ns, u8 direction, u8 marker,
     * u8 payload type, u8 zero, u16 sequence, u16 payload length, u32 RTP timestamp. */
    struct __attribute__((packed)) Head {
        std::uint64_t ns;
        std::uint8_t direction, marker, payload_type, zero;
        std::uint16_t sequence, length;
        std::uint32_t timestamp;
    };
    static_assert(sizeof(Head) == 20, "the record is documented as 20 bytes and a payload");
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are little endian");

    explicit PacketLog(std::size_t capacity) : capacity_(capacity) {}

    void note(Direction direction, const void *packet, std::size_t size)
    {
        const auto *bytes = static_cast<const std::uint8_t *>(packet);
        std::size_t start, end;
        if (!payload_of(bytes, size, start, end))
            return;
        std::lock_guard<std::mutex> hold(lock_);
        timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        Head head;
        head.ns = std::uint64_t(now.tv_sec) * 1000000000u + std::uint64_t(now.tv_nsec);
        head.direction = direction;
        head.marker = bytes[1] >> 7;
        head.payload_type = bytes[1] & 0x7f;
        head.zero = 0;
        head.sequence = std::uint16_t(bytes[2] << 8 | bytes[3]);
        head.length = std::uint16_t(end - start);
        head.timestamp = std::uint32_t(bytes[4]) << 24 | bytes[5] << 16 | bytes[6] << 8 | bytes[7];
        if (records_.size() + sizeof head + head.length > capacity_) {
            dropped_.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        records_.append(reinterpret_cast<const char *>(&head), sizeof head);
        records_.append(reinterpret_cast<const char *>(bytes) + start, head.length);
    }

    std::string take()
    {
        std::string taken;
        std::lock_guard<std::mutex> hold(lock_);
        taken.swap(records_);
        return taken;
    }

    std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

private:
    /* RFC 3550 section 5.1 and 5.3.1: the payload lies behind the CSRC list and the extension and
     * before the padding. False for what is no RTP, as STUN, DTLS and multiplexed RTCP (RFC 7983,
     * RFC 5761 section 4). */
    static bool payload_of(const std::uint8_t *bytes, std::size_t size, std::size_t &start,
                           std::size_t &end)
    {
        if (size < 12 || bytes[0] >> 6 != 2)
            return false;
        const unsigned type = bytes[1] & 0x7f;
        if (type >= 64 && type < 96)
            return false;
        start = 12 + 4u * (bytes[0] & 0x0f);
        end = size;
        if (bytes[0] & 0x10) {
            if (start + 4 > size)
                return false;
            start += 4 + 4u * (bytes[start + 2] << 8 | bytes[start + 3]);
        }
        if (bytes[0] & 0x20)
            end -= std::min<std::size_t>(bytes[size - 1], size);
        return start <= end && end - start <= 0xffff;
    }

    const std::size_t capacity_;
    std::mutex lock_;
    std::string records_;
    std::atomic<std::uint64_t> dropped_{0};
};

/* The transport that PJSIP sees. It lives as long as the group lock of the one it stands before,
 * and holds the log, so neither the tap's end nor the call's end can pull it from under a packet. */
struct TapTransport {
    pjmedia_transport base;
    pj_pool_t *pool;
    pjmedia_transport *inner;
    std::shared_ptr<PacketLog> log;
    void *stream;
    void (*rtp_cb)(void *, void *, pj_ssize_t);
    void (*rtp_cb2)(pjmedia_tp_cb_param *);
    void (*rtcp_cb)(void *, void *, pj_ssize_t);

    static pjmedia_transport *create(pjmedia_transport *inner, std::shared_ptr<PacketLog> log)
    {
        pj_pool_t *pool = pjmedia_endpt_create_pool(pjsua_get_pjmedia_endpt(), "tap%p", 512, 512);
        if (pool == nullptr)
            return nullptr;
        auto *tap = new (pj_pool_zalloc(pool, sizeof(TapTransport))) TapTransport();
        tap->pool = pool;
        tap->inner = inner;
        tap->log = std::move(log);
        pj_ansi_strxcpy(tap->base.name, pool->obj_name, sizeof tap->base.name);
        tap->base.type = pjmedia_transport_type(PJMEDIA_TRANSPORT_TYPE_USER + 77);
        tap->base.op = operations();
        if (inner->grp_lock) {
            tap->base.grp_lock = inner->grp_lock;
            pj_grp_lock_add_ref(inner->grp_lock);
            pj_grp_lock_add_handler(inner->grp_lock, pool, tap, &TapTransport::free);
        }
        return &tap->base;
    }

private:
    static TapTransport *of(pjmedia_transport *tp) { return reinterpret_cast<TapTransport *>(tp); }
    static pjmedia_transport *below(pjmedia_transport *tp) { return of(tp)->inner; }

    static void free(void *self)
    {
        auto *tap = static_cast<TapTransport *>(self);
        pj_pool_t *pool = tap->pool;
        tap->~TapTransport();
        pj_pool_release(pool);
    }

    void lock() { if (base.grp_lock) pj_grp_lock_acquire(base.grp_lock); }
    void unlock() { if (base.grp_lock) pj_grp_lock_release(base.grp_lock); }

    static void on_rtp(pjmedia_tp_cb_param *param)
    {
        auto *tap = static_cast<TapTransport *>(param->user_data);
        if (tap == nullptr)
            return;
        tap->lock();
        auto *cb2 = tap->rtp_cb2;
        auto *cb = tap->rtp_cb;
        void *stream = tap->stream;
        tap->unlock();
        if (param->size > 0)
            tap->log->note(PacketLog::RX, param->pkt, std::size_t(param->size));
        if (cb2) {
            pjmedia_tp_cb_param above = *param;
            above.user_data = stream;
            cb2(&above);
            param->rem_switch = above.rem_switch;
        } else if (cb) {
            cb(stream, param->pkt, param->size);
        }
    }

    static void on_rtcp(void *self, void *packet, pj_ssize_t size)
    {
        auto *tap = static_cast<TapTransport *>(self);
        if (tap == nullptr)
            return;
        tap->lock();
        auto *cb = tap->rtcp_cb;
        void *stream = tap->stream;
        tap->unlock();
        if (cb)
            cb(stream, packet, size);
    }

    static pj_status_t attach(pjmedia_transport *tp, pjmedia_transport_attach_param *param)
    {
        TapTransport *tap = of(tp);
        tap->lock();
        tap->stream = param->user_data;
        tap->rtp_cb = param->rtp_cb2 ? nullptr : param->rtp_cb;
        tap->rtp_cb2 = param->rtp_cb2;
        tap->rtcp_cb = param->rtcp_cb;
        tap->unlock();
        param->user_data = tap;
        param->rtp_cb = nullptr;
        param->rtp_cb2 = &on_rtp;
        param->rtcp_cb = &on_rtcp;
        const pj_status_t status = pjmedia_transport_attach2(tap->inner, param);
        if (status != PJ_SUCCESS)
            tap->forget();
        return status;
    }

    void forget()
    {
        lock();
        stream = nullptr;
        rtp_cb = nullptr;
        rtp_cb2 = nullptr;
        rtcp_cb = nullptr;
        unlock();
    }

    static void detach(pjmedia_transport *tp, void *)
    {
        TapTransport *tap = of(tp);
        if (tap->stream == nullptr)
            return;
        pjmedia_transport_detach(tap->inner, tap);
        tap->forget();
    }

    static pj_status_t send_rtp(pjmedia_transport *tp, const void *packet, pj_size_t size)
    {
        of(tp)->log->note(PacketLog::TX, packet, size);
        return pjmedia_transport_send_rtp(below(tp), packet, size);
    }

    static pj_status_t destroy(pjmedia_transport *tp)
    {
        TapTransport *tap = of(tp);
        pj_grp_lock_t *group = tap->base.grp_lock;
        pjmedia_transport_close(tap->inner);
        if (group)
            pj_grp_lock_dec_ref(group);
        else
            free(tap);
        return PJ_SUCCESS;
    }

    static pjmedia_transport_op *operations()
    {
        static pjmedia_transport_op op = [] {
            pjmedia_transport_op o{};
            o.get_info = [](pjmedia_transport *tp, pjmedia_transport_info *info) {
                return pjmedia_transport_get_info(below(tp), info); };
            o.send_rtcp = [](pjmedia_transport *tp, const void *packet, pj_size_t size) {
                return pjmedia_transport_send_rtcp(below(tp), packet, size); };
            o.send_rtcp2 = [](pjmedia_transport *tp, const pj_sockaddr_t *to, unsigned to_len,
                              const void *packet, pj_size_t size) {
                return pjmedia_transport_send_rtcp2(below(tp), to, to_len, packet, size); };
            o.media_create = [](pjmedia_transport *tp, pj_pool_t *pool, unsigned options,
                                const pjmedia_sdp_session *remote, unsigned index) {
                return pjmedia_transport_media_create(below(tp), pool, options, remote, index); };
            o.encode_sdp = [](pjmedia_transport *tp, pj_pool_t *pool, pjmedia_sdp_session *local,
                              const pjmedia_sdp_session *remote, unsigned index) {
                return pjmedia_transport_encode_sdp(below(tp), pool, local, remote, index); };
            o.media_start = [](pjmedia_transport *tp, pj_pool_t *pool,
                               const pjmedia_sdp_session *local, const pjmedia_sdp_session *remote,
                               unsigned index) {
                return pjmedia_transport_media_start(below(tp), pool, local, remote, index); };
            o.media_stop = [](pjmedia_transport *tp) {
                return pjmedia_transport_media_stop(below(tp)); };
            o.simulate_lost = [](pjmedia_transport *tp, pjmedia_dir dir, unsigned percent) {
                return pjmedia_transport_simulate_lost(below(tp), dir, percent); };
            o.attach2 = &attach;
            o.detach = &detach;
            o.send_rtp = &send_rtp;
            o.destroy = &destroy;
            return o;
        }();
        return &op;
    }
};

}  // namespace sipagent

/* One recording of the packets of one call's media. */
class RtpTap {
public:
    explicit RtpTap(unsigned capacity_bytes = 4u << 20)
        : log_(std::make_shared<sipagent::PacketLog>(capacity_bytes)) {}

    /* Stands before `transport` (OnCreateMediaTransportParam.mediaTp) and returns what to put back
     * there. */
    void *attach(void *transport)
    {
        pjmedia_transport *tap =
            transport ? sipagent::TapTransport::create(
                            static_cast<pjmedia_transport *>(transport), log_)
                      : nullptr;
        if (tap == nullptr)
            throw pj::Error(PJ_EINVAL, "RtpTap", "RtpTap::attach() takes a media transport",
                            __FILE__, __LINE__);
        return tap;
    }

    std::string take() { return log_->take(); }
    std::uint64_t dropped() const { return log_->dropped(); }

private:
    std::shared_ptr<sipagent::PacketLog> log_;
};
