#: memory 1M --filter=rate rate=4M burstiness=0.05
#- --filter=rate rate burstiness
h = connect()
assert seconds(h.pread, 256 * K, 0) > 0.3

#: memory 1M --filter=rate connection-rate=4M burstiness=0.05
#- --filter=rate connection-rate burstiness
h = connect()
assert seconds(h.pread, 256 * K, 0) > 0.3

#: memory 1M --filter=rate rate-file={dir}/number burstiness=0.05
#- --filter=rate rate-file burstiness
h = connect()
assert seconds(h.pread, 256 * K, 0) > 0.3

#: memory 1M --filter=rate connection-rate-file={dir}/number burstiness=0.05
#- --filter=rate connection-rate-file burstiness
h = connect()
assert seconds(h.pread, 256 * K, 0) > 0.3
