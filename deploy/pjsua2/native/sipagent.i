/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The module: upstream's pjsua2.i between what must stand before it and our own classes.
 */
%module(directors="1") pjsua2

/* The bridge reports each finished operation from its clock thread. As a director that would be a
 * Python call on the clock, waiting for the interpreter lock. */
%feature("nodirector") pj::Endpoint::onAudioMediaOpCompleted;
%feature("nodirector") pj::Endpoint::onVideoMediaOpCompleted;

/* Upstream turns void* into int on the way out (media transports, tokens); let it come back in. */
%typemap(in) void * {
    if (PyLong_Check($input)) {
        $1 = PyLong_AsVoidPtr($input);
        if (PyErr_Occurred()) SWIG_fail;
    } else {
        int result = SWIG_ConvertPtr($input, SWIG_as_voidptrptr(&$1), 0, 0);
        if (!SWIG_IsOK(result))
            SWIG_exception_fail(SWIG_ArgError(result), "in method '$symname', expected a pointer");
    }
}

/* An error says what it is in a traceback. */
%extend pj::Error {
    std::string __str__() const { return $self->info(); }
}

/* Upstream can start a listener and not renew it. Connections that are open stay open. */
%extend pj::Endpoint {
    void transportRestart(int id, const pj::TransportConfig &config) throw(pj::Error)
    {
        const pjsua_transport_config renewed = config.toPj();
        const pj_status_t status = pjsua_transport_lis_restart(id, &renewed);
        if (status != PJ_SUCCESS)
            throw pj::Error(status, "Endpoint", "transportRestart", __FILE__, __LINE__);
    }
}

%include "pjsua2.i"

/* Until the endpoint is given its log settings, PJLIB would tell stdout all it does. */
%init %{
    pj_log_set_level(1);
%}

%{
extern "C" int pjmedia_rtp_latch;
static void symmetric_rtp(bool on) { pjmedia_rtp_latch = on; }
#include "pcm_port.hpp"
#include "rtp_tap.hpp"
#include "sip_gate.hpp"
%}

/* All but opening and closing are a few loads and one short copy: handing the interpreter lock over
 * would cost more than the work. */
%nothread PcmPort::read;
%nothread PcmPort::write;
%nothread PcmPort::room;
%nothread PcmPort::flush;
%nothread PcmPort::pause;
%nothread PcmPort::resume;
%nothread PcmPort::paused;
%nothread PcmPort::position;
%nothread PcmPort::played;
%nothread PcmPort::queued;
%nothread PcmPort::frames;
%nothread PcmPort::lost;

class PcmPort : public pj::AudioMedia {
public:
    PcmPort();
    virtual ~PcmPort();
    void open(int clock_hz, int frame_samples, int rx_ms = 2000, int tx_ms = 60000)
        throw(pj::Error);
    void close();

    %extend {
        PyObject *read()
        {
            sipagent::PcmRings *rings = $self->rings();
            const Py_ssize_t samples = rings ? Py_ssize_t(rings->available()) : 0;
            PyObject *bytes = PyBytes_FromStringAndSize(NULL, samples * 2);
            if (bytes && samples)
                rings->fetch(reinterpret_cast<std::int16_t *>(PyBytes_AS_STRING(bytes)), samples);
            return bytes;
        }

        PyObject *write(PyObject *buffer)
        {
            Py_buffer view;
            if (PyObject_GetBuffer(buffer, &view, PyBUF_SIMPLE) != 0)
                return NULL;
            PyObject *end = NULL;
            sipagent::PcmRings *rings = $self->rings();
            if (view.len % 2)
                PyErr_SetString(PyExc_ValueError, "int16 samples take an even number of bytes");
            else if (!rings)
                PyErr_SetString(PyExc_RuntimeError, "the PcmPort is not open");
            else
                end = PyLong_FromUnsignedLongLong(
                    rings->write(view.buf, view.len / 2));
            PyBuffer_Release(&view);
            return end;
        }

        unsigned long long room() { auto *r = $self->rings(); return r ? r->room() : 0; }
        unsigned long long flush() { auto *r = $self->rings(); return r ? r->flush() : 0; }
        unsigned long long pause() { auto *r = $self->rings(); return r ? r->pause() : 0; }
        void resume() { if (auto *r = $self->rings()) r->resume(); }
        bool paused() { auto *r = $self->rings(); return r && r->paused(); }
        unsigned long long position() { auto *r = $self->rings(); return r ? r->position() : 0; }
        unsigned long long played() { auto *r = $self->rings(); return r ? r->played() : 0; }
        unsigned long long queued() { auto *r = $self->rings(); return r ? r->queued() : 0; }
        unsigned long long frames() { auto *r = $self->rings(); return r ? r->frames() : 0; }
        unsigned long long lost() { auto *r = $self->rings(); return r ? r->lost() : 0; }
    }
};

%nothread RtpTap::read;
%nothread RtpTap::dropped;

class RtpTap {
public:
    RtpTap(unsigned capacity_bytes = 4u << 20);
    ~RtpTap();
    void *attach(void *transport) throw(pj::Error);

    %extend {
        PyObject *read()
        {
            const std::string records = $self->take();
            return PyBytes_FromStringAndSize(records.data(), Py_ssize_t(records.size()));
        }
        unsigned long long dropped() { return $self->dropped(); }
    }
};

/* Whether a peer's RTP may come from another host than its SDP names: patches/rtp-source.patch. */
void symmetric_rtp(bool on);

class GateRules {
public:
    bool answer_strangers;
    unsigned stranger_most_per_s;
    unsigned ban_s;
    unsigned max_bytes;
    unsigned max_headers;
    bool ready;
    unsigned max_calls;
    unsigned retry_after_s;
    void trunk_header(const std::string &header) throw(pj::Error);
    int trunk(const std::string &name, double calls_per_s, const std::string &header,
              const std::string &secret) throw(pj::Error);
    void network(int trunk, const std::string &text) throw(pj::Error);
    void proxy(const std::string &text) throw(pj::Error);
    int trunk_of(const std::string &source) const;
};

%nothread SipGate::counts;
%nothread SipGate::digits;
%nothread SipGate::busiest;
%nothread SipGate::messages;

class SipGate {
public:
    SipGate();
    ~SipGate();
    void open() throw(pj::Error);
    void close();
    void publish(const GateRules &rules);
    void ready(bool on, unsigned retry_after_s);
    int admitted() const;

    %extend {
        PyObject *counts()
        {
            static const char *const names[SipGate::COUNTS] = {
                "passed", "stranger", "banned", "not_ready", "full", "too_fast", "not_allowed",
                "too_large", "pings", "keyed", "malformed"};
            PyObject *all = PyDict_New();
            for (int which = 0; all && which < SipGate::COUNTS; ++which) {
                PyObject *count = PyLong_FromUnsignedLongLong($self->counted(which));
                if (!count || PyDict_SetItemString(all, names[which], count) != 0)
                    Py_CLEAR(all);
                Py_XDECREF(count);
            }
            return all;
        }

        PyObject *digits()
        {
            const auto taken = $self->digits();
            PyObject *all = PyList_New(0);
            for (const auto &digit : taken) {
                PyObject *item = all ? Py_BuildValue(
                    "(NCI)",
                    PyUnicode_DecodeUTF8(digit.call_id.data(), Py_ssize_t(digit.call_id.size()),
                                         "surrogateescape"),
                    int(digit.digit), digit.ms)
                                     : NULL;
                if (!item || PyList_Append(all, item) != 0)
                    Py_CLEAR(all);
                Py_XDECREF(item);
            }
            return all;
        }

        PyObject *busiest(unsigned count)
        {
            PyObject *all = PyList_New(0);
            for (const auto &source : $self->busiest(count)) {
                PyObject *item = all ? Py_BuildValue("(sKK)", source.address.text().c_str(),
                                                     (unsigned long long)source.refused,
                                                     (unsigned long long)source.banned_until_ms)
                                     : NULL;
                if (!item || PyList_Append(all, item) != 0)
                    Py_CLEAR(all);
                Py_XDECREF(item);
            }
            return all;
        }

        void tap(bool on) { $self->log().listen(on); }
        unsigned long long tap_lost() { return $self->log().lost(); }
        PyObject *messages()
        {
            const std::string records = $self->log().take();
            return PyBytes_FromStringAndSize(records.data(), Py_ssize_t(records.size()));
        }
    }
};
