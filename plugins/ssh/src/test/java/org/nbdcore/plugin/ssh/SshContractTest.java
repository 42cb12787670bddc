package org.nbdcore.plugin.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.PluginContractTest;

/** The plugin as a client of Apache MINA's SFTP server. */
final class SshContractTest extends PluginContractTest {

  private static final int SIZE = 200_003;

  @TempDir private static Path folder;
  private static SftpTestServer server;
  private final byte[] disk = new byte[SIZE];

  @BeforeAll
  static void startServer() throws IOException {
    server = new SftpTestServer(folder);
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @BeforeEach
  void fillDisk() throws IOException {
    new Random(1).nextBytes(disk);
    Files.write(folder.resolve("disk.img"), disk);
  }

  @Override
  protected PluginProvider provider() {
    return new SshProvider();
  }

  @Override
  protected List<String> parameters() {
    return server.parameters("disk.img");
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readWrite().withFlush(true).withFua(Support.EMULATE).withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    return disk;
  }

  @Override
  protected boolean persists() {
    return true;
  }
}
