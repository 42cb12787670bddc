package org.nbdcore.plugin.memory;

/** The same with {@code allocator=malloc}. */
final class MemoryMallocContractTest extends MemoryContractTest {

  @Override
  String allocator() {
    return "malloc";
  }

  @Override
  int preferredSize() {
    return 4096;
  }
}
