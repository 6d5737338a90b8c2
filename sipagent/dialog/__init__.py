"""The conversation: turn taking, barge-in, history, prompts. A SIP dialog is a leg, not this."""
