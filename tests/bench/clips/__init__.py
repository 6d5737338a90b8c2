"""Clips with labels, made from ``tests/data``: what a caller's leg sounds like, and what it means.

``python -m tests.bench.clips OUTDIR`` writes them. They are drawn from a fixed seed; the speech
is espeak-ng's, so another version of the voice may sound otherwise in small ways.

A label has, of every clip: ``file``, ``class``, ``room_dbfs``, ``duration_ms``, ``stretches``
(where each burst or piece of speech begins and ends, and its text), ``end_ms`` (of the last one).
Of speech ``language``, ``text``, ``voice``; of all but echo ``level_dbfs``, before the line.

- cough, backchannel, noise (with its ``kind``), echo, interruption: ``expect`` is what a good
  judge does to the agent, ``resume`` or ``stop``. An echo has ``agent_text``, ``attenuation_db``,
  ``delay_ms`` and ``agent_file``, what the agent played on the same clock; its ``text`` is empty,
  since the caller said nothing.
- complete, incomplete, hesitation, digits: ``row`` counts the rows of the class in ``turns.yaml``,
  ``expect`` and ``digits`` are that row's; the first ``said`` stretches are its ``text``, the
  others its ``rest``. The turn ends at ``end_ms``, and nobody speaks after it.
"""
