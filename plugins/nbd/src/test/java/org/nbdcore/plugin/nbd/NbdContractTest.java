package org.nbdcore.plugin.nbd;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.PluginContractTest;

/** The plugin as a client of nbd-core's own server. */
final class NbdContractTest extends PluginContractTest {

  private static final int SIZE = 1_000_003;

  @TempDir private Path folder;
  private RemoteServer remote;

  @BeforeEach
  void startRemote() throws Exception {
    remote = RemoteServer.start(new KeptDisks().with("", SIZE), folder.resolve("remote"));
  }

  @AfterEach
  void stopRemote() {
    remote.close();
  }

  @Override
  protected PluginProvider provider() {
    return new NbdProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("uri=nbd+unix:///?socket=" + folder.resolve("remote"));
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.all().withBlockSizes(BlockSizes.of(1, 32 << 10, 64 << 20));
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[SIZE];
  }
}
