"""The telephone side: PJSIP behind one thread, legs, trunks, SIP headers (D3, D11)."""
