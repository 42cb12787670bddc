package org.nbdcore.filter.readonly;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class ReadonlySwitchedContractTest extends FilterContractTest {

  @TempDir private Path folder;

  @Override
  protected FilterProvider provider() {
    return new ReadonlyFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("readonly-file=" + folder.resolve("absent"));
  }
}
