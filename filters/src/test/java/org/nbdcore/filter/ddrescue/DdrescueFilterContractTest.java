package org.nbdcore.filter.ddrescue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class DdrescueFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new DdrescueFilterProvider();
  }

  @TempDir private Path folder;

  @Override
  protected List<String> parameters() throws IOException {
    Path file = folder.resolve("map");
    Files.writeString(file, "0x0 +\n0x0 0x40000000 +\n");
    return List.of("ddrescue-mapfile=" + file);
  }
}
