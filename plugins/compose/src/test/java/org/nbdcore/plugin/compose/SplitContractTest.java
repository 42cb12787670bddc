package org.nbdcore.plugin.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.PluginContractTest;

/** Files of odd sizes, one of which is empty. */
final class SplitContractTest extends PluginContractTest {

  private static final int[] SIZES = {70_001, 0, 1, 300_000, 4096};

  @TempDir private Path folder;
  private final ByteArrayOutputStream contents = new ByteArrayOutputStream();

  @BeforeEach
  void writeFiles() throws IOException {
    Random random = new Random(31);
    for (int i = 0; i < SIZES.length; i++) {
      byte[] bytes = new byte[SIZES[i]];
      random.nextBytes(bytes);
      Files.write(folder.resolve("part" + i), bytes);
      contents.write(bytes);
    }
  }

  @Override
  protected PluginProvider provider() {
    return new SplitProvider();
  }

  @Override
  protected List<String> parameters() {
    List<String> parameters = new ArrayList<>();
    for (int i = 0; i < SIZES.length; i++) {
      parameters.add("file=" + folder.resolve("part" + i));
    }
    return parameters;
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.all().withCache(Support.EMULATE);
  }

  @Override
  protected byte[] expectedContents() {
    return contents.toByteArray();
  }

  @Test
  void writeAcrossFilesChangesEachFile() throws Exception {
    BlockDevice device = open(startPlugin());
    device.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), 69_999, Flags.NONE);
    device.flush();
    byte[] first = Files.readAllBytes(folder.resolve("part0"));
    assertThat(first[69_999]).isEqualTo((byte) 1);
    assertThat(first[70_000]).isEqualTo((byte) 2);
    assertThat(Files.readAllBytes(folder.resolve("part2"))).containsExactly(3);
    assertThat(Files.readAllBytes(folder.resolve("part3"))[0]).isEqualTo((byte) 4);
  }
}
