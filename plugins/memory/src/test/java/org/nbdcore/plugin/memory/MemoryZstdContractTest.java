package org.nbdcore.plugin.memory;

/** The same with {@code allocator=zstd}. */
final class MemoryZstdContractTest extends MemoryContractTest {

  @Override
  String allocator() {
    return "zstd";
  }
}
