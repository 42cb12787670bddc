package org.nbdcore.filter.pause;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class PauseFilterContractTest extends FilterContractTest {

  @TempDir Path folder;
  private int sockets;

  @Override
  protected FilterProvider provider() {
    return new PauseFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("pause-control=" + folder.resolve("control" + sockets++));
  }
}
