#: -r file {dir}/disk --filter=evil evil=cosmic-rays evil-probability=1:100
#- --filter=evil evil evil-probability
h = connect()
first = h.pread(64 * K, 0)
assert first != PATTERN[:64 * K]
assert h.pread(64 * K, 0) != first  # rays come anew, while stuck bits stay

#: -r file {dir}/disk --filter=evil evil-probability=1:100 evil-stuck-probability=50% evil-seed=42
#- --filter=evil evil-probability evil-stuck-probability evil-seed
h = connect()
first = h.pread(64 * K, 0)
assert h.pread(64 * K, 0) != first
found = hashlib.sha256(first).hexdigest()
assert found == "b273fc8f8aade60c466d0e13b1ae5c9490373399dfd80936de7d25b41dc260b6", found
