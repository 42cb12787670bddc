package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.PluginContractTest;

/** A disk of three extents: a flat one with a hole, zeroes, and the start of the example disk. */
final class VmdkContractTest extends PluginContractTest {
  private static final int SECTOR = 512;
  private static final int FLAT = 256 << 10;
  private static final int ZEROES = 100 * SECTOR;
  private static final int SPARSE = 192 << 10;
  private static final int GRAIN = 65536;

  @TempDir Path dir;
  private byte[] contents;

  @BeforeEach
  void makeDisk() throws IOException {
    Path hello = Path.of("..", "..", "examples", "disks", "hello.vmdk"); // from the module's folder
    byte[] sparse = Files.readAllBytes(hello);
    Files.write(dir.resolve("sparse.vmdk"), sparse);
    byte[] flat = new byte[FLAT];
    new Random(3).nextBytes(flat);
    Arrays.fill(flat, 20_000, 200_000, (byte) 0);
    try (RandomAccessFile file = new RandomAccessFile(dir.resolve("flat.vmdk").toFile(), "rw")) {
      file.write(flat, 0, 20_000);
      file.seek(200_000);
      file.write(flat, 200_000, FLAT - 200_000);
    }
    contents = Arrays.copyOf(flat, FLAT + ZEROES + SPARSE);
    // The example has one grain, the first of the disk. It follows 64 KiB of header and tables.
    System.arraycopy(sparse, GRAIN, contents, FLAT + ZEROES, GRAIN);
    Files.writeString(
        dir.resolve("disk.vmdk"),
        String.join(
            "\n",
            "# Disk DescriptorFile",
            "version=1",
            "createType=\"custom\"",
            "RW " + FLAT / SECTOR + " FLAT \"flat.vmdk\" 0",
            "RW " + ZEROES / SECTOR + " ZERO",
            "RW " + SPARSE / SECTOR + " SPARSE \"sparse.vmdk\""));
  }

  @Override
  protected PluginProvider provider() {
    return new VmdkPluginProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("file=" + dir.resolve("disk.vmdk"));
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readOnly()
        .withExtents(true)
        .withMultiConn(true)
        .withBlockSizes(BlockSizes.DEFAULT.withPreferred(GRAIN));
  }

  @Override
  protected byte[] expectedContents() {
    return contents;
  }
}
