package org.nbdcore.filter.log;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class LogFilterContractTest extends FilterContractTest {

  @TempDir private Path folder;

  @Override
  protected FilterProvider provider() {
    return new LogFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("logfile=" + folder.resolve("log"));
  }
}
