package org.nbdcore.server;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;

/** What tests of servers with several exports share. */
abstract class ExportsTest {

  static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path folder;

  QuietLog log;

  @BeforeEach
  void quiet() {
    log = QuietLog.install();
  }

  final ServerBuilder builder() {
    return NbdServer.builder().listen(UnixDomainSocketAddress.of(folder.resolve("socket")));
  }

  static RawNbdClient connect(NbdServer server) throws IOException {
    RawNbdClient client = RawNbdClient.connect(server.addresses().get(0));
    client.handshake();
    return client;
  }

  static TestPlugin disk(int size) {
    return TestPlugin.of(new ModelDevice(size));
  }
}
