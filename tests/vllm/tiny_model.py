"""Makes a Qwen2 of two layers with random weights: ``python tests/vllm/tiny_model.py FOLDER``.

Runs in vLLM's own environment. The model writes nonsense; its tokenizer knows bytes, so that it
can be told anything, and has the template of a real one, with tools.
"""

import sys
from pathlib import Path
from typing import Final

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

SPECIAL: Final = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TOOLS: Final = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"]
VOCABULARY: Final = 600
CONTEXT: Final = 4096
SEED: Final = 20261123
TEXT: Final = (
    "You answer the telephone. How much is the late payment fee? It is 20 dirhams for each bill.",
    "كم غرامة التأخير؟ غرامة التأخير 20 درهما لكل فاتورة. شكرا لاتصالك.",
    '{"intent": "question", "mood": "neutral", "language": "en", "sure": "high"}',
)
TEMPLATE: Final = """\
{%- set first = messages[0].content if messages[0].role == 'system' else '' -%}
{{ '<|im_start|>system\n' + first }}
{%- if tools %}
{{- '\n\n<tools>' }}
{%- for tool in tools %}{{ '\n' + (tool | tojson) }}{% endfor %}
{{- '\n</tools>\nTo call one, write <tool_call>{"name": ..., "arguments": ...}</tool_call>' }}
{%- endif %}
{{- '<|im_end|>\n' }}
{%- for message in messages %}
{%- if message.role == 'tool' %}
{{- '<|im_start|>user\n<tool_response>\n' + message.content + '\n</tool_response><|im_end|>\n' }}
{%- elif message.role != 'system' or not loop.first %}
{{- '<|im_start|>' + message.role + '\n' + (message.content or '') }}
{%- for call in message.tool_calls or [] %}
{{- '\n<tool_call>\n{"name": "' + call.function.name + '", "arguments": ' }}
{{- call.function.arguments | tojson }}
{{- '}\n</tool_call>' }}
{%- endfor %}
{{- '<|im_end|>\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"""


def tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level pairs, learnt from a few sentences."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(TOOLS),
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(TEXT, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token=SPECIAL[2], pad_token=SPECIAL[0], model_max_length=CONTEXT
    )
    fast.add_tokens(TOOLS)
    fast.chat_template = TEMPLATE
    return fast


def model(words: int) -> Qwen2ForCausalLM:
    """Random weights, the same each time."""
    torch.manual_seed(SEED)
    config = Qwen2Config(
        vocab_size=words,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=False,
    )
    return Qwen2ForCausalLM(config)


def main(folder: Path) -> None:
    words = tokenizer()
    words.save_pretrained(folder)
    made = model(len(words))
    made.generation_config.eos_token_id = words.eos_token_id
    made.save_pretrained(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
