package org.nbdcore.filter.stats;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class StatsFilterContractTest extends FilterContractTest {

  @TempDir private Path folder;

  @Override
  protected FilterProvider provider() {
    return new StatsFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("statsfile=" + folder.resolve("stats"));
  }
}
