#: memory 1M --filter=rotational
#- --filter=rotational
assert connect().is_rotational()

#: memory 1M --filter=rotational rotational=false --filter=spinning
#- --filter=rotational rotational
assert not connect().is_rotational()
