package org.nbdcore.filter.map;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class MapFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new MapFilterProvider();
  }

  /** Swaps two ranges; the last rule never applies. */
  @Override
  protected List<String> parameters() {
    return List.of("map=4096-12287:65536", "map=65536-73727:4096", "map=4096-4607:0");
  }

  @Override
  protected byte[] view(byte[] below) {
    byte[] view = below.clone();
    System.arraycopy(below, 65_536, view, 4096, 8192);
    System.arraycopy(below, 4096, view, 65_536, 8192);
    return view;
  }
}
