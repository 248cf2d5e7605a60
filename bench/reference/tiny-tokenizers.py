"""Small tokenizer.json files of each kind that tooltune reads, and the ids that the `tokenizers` library gives for texts.

Writes packages/sdk/test/fixtures/tiny-tokenizers.json.

    .bench/venv/bin/python bench/reference/tiny-tokenizers.py
"""

import json
from importlib.metadata import version
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

FIXTURE = Path(__file__).parents[2] / "packages/sdk/test/fixtures/tiny-tokenizers.json"
TIKTOKEN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CORPUS = [
    "turn the lights on in the living room, then set a timer for 12 minutes and 345 seconds",
    'the answer is {"name":"set_timer","arguments":{"minutes":5,"label":null}} and the other one is {"name":"stop"}',
    "I'm sure they'll say it's 100 or 1000, don't they?  the   spaces\n\nand lines\n\tand tabs",
    "Straße naïve café Ελλάδα привет 你好 こんにちは",
]
TEXTS = [
    "turn on the lights",
    "I'm sure they'll SAY it's 12345, DON'T they?",
    '{"name":"set_timer","arguments":{"minutes":12,"label":null}}',
    "two  spaces\ttab\r\n\n\nlines  \n  x ",
    " leading and trailing ",
    "Straße naïve café Ελλάδα привет 你好 こんにちは 👍🏽 🇩🇪",
    "<|im_start|>user\nhi<|im_end|>\n<end_of_turn><think>x</think>",
    "",
]


def byte_level(pre, normalizer=None, ignore_merges=False):
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = pre
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=330, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.add_tokens([AddedToken("<think>", normalized=False), AddedToken("</think>", normalized=False)])
    return tokenizer


def split(digits):
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(TIKTOKEN % digits), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def pieces(space_prefix=False):
    """As Gemma 3's: special tokens, runs of spaces, bytes, then pieces whose scores fall with their ids, characters last.

    With a space prefix as Llama 2's and TinyLlama's, which write a space before every text and have no runs of spaces.
    """
    words = pre_tokenizers.Split(" ", "merged_with_previous")
    learnt = Tokenizer(models.BPE())
    learnt.normalizer = normalizers.Replace(" ", "▁")
    learnt.pre_tokenizer = words
    learnt.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=150, show_progress=False))
    model = json.loads(learnt.to_str())["model"]
    merged = [left + right for left, right in model["merges"]]
    characters = [piece for piece in model["vocab"] if piece not in merged]
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"]
    if not space_prefix:
        special += ["  ", "   "]
    tokens = special + [f"<0x{byte:02X}>" for byte in range(256)] + merged + characters
    vocab = {text: index for index, text in enumerate(tokens)}
    merges = [tuple(merge) for merge in model["merges"]]
    tokenizer = Tokenizer(models.BPE(vocab, merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    replace = normalizers.Replace(" ", "▁")
    decode = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    if space_prefix:
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), replace])
        tokenizer.decoder = decoders.Sequence([*decode, decoders.Strip(" ", 1, 0)])
    else:
        tokenizer.normalizer = replace
        tokenizer.pre_tokenizer = words
        tokenizer.decoder = decoders.Sequence(decode)
    tokenizer.add_special_tokens(special[:6])
    tokenizer.add_tokens([AddedToken(text, normalized=False) for text in special[6:]])
    return tokenizer


TOKENIZERS = {
    "smollm": byte_level(
        pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )
    ),
    "gpt-2": byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False)),
    "llama-bpe": byte_level(split("{1,3}"), ignore_merges=True),
    "qwen2": byte_level(split(""), normalizers.NFC()),
    "default": pieces(),
    "default, a space before": pieces(space_prefix=True),
}

fixture = {"tokenizers": version("tokenizers"), "families": {}}
for name, tokenizer in TOKENIZERS.items():
    fixture["families"][name] = {
        "tokenizer": json.loads(tokenizer.to_str()),
        "texts": [{"text": text, "ids": tokenizer.encode(text, add_special_tokens=False).ids} for text in TEXTS],
    }
FIXTURE.parent.mkdir(parents=True, exist_ok=True)
FIXTURE.write_text(json.dumps(fixture, ensure_ascii=False) + "\n")
print(FIXTURE.stat().st_size, "bytes")
