package org.nbdcore.filter.extentlist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class ExtentlistFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new ExtentlistFilterProvider();
  }

  @TempDir private Path folder;

  @Override
  protected List<String> parameters() throws IOException {
    Path file = folder.resolve("list");
    Files.writeString(file, "0 1G\n");
    return List.of("extentlist=" + file);
  }
}
