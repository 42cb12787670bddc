#: memory 64M --filter=spinning
#- --filter=spinning
h = connect()
assert h.is_rotational()
h.pread(512, 0)
assert seconds(h.pread, 512, 63 * M) > 0.4

#: memory 64M --filter=spinning min-seek-time=150ms
#- min-seek-time
h = connect()
h.pread(512, 0)
assert seconds(h.pread, 512, 2 * M) > 0.1

#: memory 64M --filter=spinning half-seek-time=600ms max-seek-time=1200ms
#- half-seek-time
h = connect()
h.pread(512, 0)
assert seconds(h.pread, 512, 32 * M) > 0.5

#: memory 64M --filter=spinning max-seek-time=900ms
#- max-seek-time
h = connect()
h.pread(512, 0)
assert seconds(h.pread, 512, 63 * M) > 0.7

#: memory 64M --filter=spinning heads=2
#- heads
h = connect()
def there():
    h.pread(512, 0)
    return seconds(h.pread, 512, 32 * M)

assert any(there() < 0.15 for attempt in range(3))

#: memory 64M --filter=spinning heads=2 separate-heads=true
#- separate-heads
h = connect()
def there():
    h.pread(512, 31 * M)
    return seconds(h.pread, 512, 32 * M)

assert any(there() < 0.3 for attempt in range(3))
