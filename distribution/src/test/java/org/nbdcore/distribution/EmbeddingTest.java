package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nbdcore.chain.Chain;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.filter.readonly.ReadonlyFilterProvider;
import org.nbdcore.plugin.memory.MemoryProvider;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerOptions;
import org.nbdcore.spi.Config;

/** A server and a client in one program, as the README shows. */
@Tag("newest")
class EmbeddingTest {

  @Test
  void aProgramServesADiskAndReadsIt() throws Exception {
    MemoryProvider memory = new MemoryProvider();
    ReadonlyFilterProvider readonly = new ReadonlyFilterProvider();
    Chain chain =
        Chain.builder()
            .filter(readonly, Config.builder(readonly.parameters()).build())
            .plugin(memory, Config.builder(memory.parameters()).put("size", "64M").build())
            .build();
    SocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (NbdServer server = NbdServer.start(chain, ServerOptions.defaults(List.of(anyPort)));
        NbdClient client =
            NbdClient.connect(server.addresses().get(0), ConnectOptions.defaults())) {
      assertThat(client.size()).isEqualTo(64 << 20);
      ByteBuffer sector = ByteBuffer.allocate(512);
      client.read(sector, 0);
      assertThat(sector.hasRemaining()).isFalse();
    }
  }
}
