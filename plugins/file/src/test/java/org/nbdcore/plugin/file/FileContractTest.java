package org.nbdcore.plugin.file;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.system.SystemCalls;
import org.nbdcore.testkit.PluginContractTest;

final class FileContractTest extends PluginContractTest {

  private static final int SIZE = 700_001;
  private static final int DATA_FROM = 200_000;

  @TempDir Path folder;
  private final byte[] contents = new byte[SIZE];

  @BeforeEach
  void makeFile() throws IOException {
    byte[] data = new byte[100_000];
    new Random(1).nextBytes(data);
    System.arraycopy(data, 0, contents, DATA_FROM, data.length);
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("disk").toFile(), "rw")) {
      file.setLength(SIZE);
      file.seek(DATA_FROM);
      file.write(data);
    }
  }

  @Override
  protected boolean persists() {
    return true;
  }

  @Override
  protected PluginProvider provider() {
    return new FileProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("file=" + folder.resolve("disk"));
  }

  /** What every file in a folder of this test offers. */
  static Capabilities capabilities() {
    boolean system = SystemCalls.expected();
    return Capabilities.readWrite()
        .withFlush(true)
        .withTrim(system)
        .withZero(Support.NATIVE)
        .withFastZero(system)
        .withFua(Support.NATIVE)
        .withExtents(system)
        .withCache(system ? Support.NATIVE : Support.EMULATE)
        .withMultiConn(true);
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return capabilities();
  }

  @Override
  protected byte[] expectedContents() {
    return contents.clone();
  }
}
