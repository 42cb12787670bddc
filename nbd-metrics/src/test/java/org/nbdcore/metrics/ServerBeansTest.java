package org.nbdcore.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Optional;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.client.NbdClient;
import org.nbdcore.server.ServerExport;
import org.nbdcore.testkit.ModelDevice;

/** JMX shows a server and its exports while it lives. */
@Timeout(120)
final class ServerBeansTest {

  @Test
  void beansOfServerAndExportsAreRegisteredUntilClose() throws Exception {
    MBeanServer beans = MBeanServerFactory.newMBeanServer();
    ObjectName all = new ObjectName("org.nbdcore:*");
    try (ObservedServer observed = new ObservedServer(Optional.empty());
        ServerBeans shown = new ServerBeans(observed.metrics, "a \"name\"", beans)) {
      assertThat(shown).isNotNull();
      observed.export("disk*", new ModelDevice(1 << 20)).start();
      assertThat(beans.queryNames(all, null)).hasSize(2);
      ObjectName server =
          new ObjectName("org.nbdcore:type=Server,name=" + ObjectName.quote("a \"name\""));
      assertThat(beans.getAttribute(server, "Ready")).isEqualTo(true);
      assertThat(beans.getAttribute(server, "State")).isEqualTo("RUNNING");
      observed.server.addExport(
          ServerExport.of(
              "later", ObservedServer.chain(new ObservedServer.Disk(new ModelDevice(512)))));
      try (NbdClient client = observed.connect("disk*");
          NbdClient other = observed.connect("later")) {
        client.read(ByteBuffer.allocate(4096), 0);
        assertThat(other.size()).isEqualTo(512);
        ObjectName disk =
            new ObjectName(
                "org.nbdcore:type=Export,server="
                    + ObjectName.quote("a \"name\"")
                    + ",name="
                    + ObjectName.quote("disk*"));
        assertThat(beans.getAttribute(disk, "BytesRead")).isEqualTo(4096L);
        assertThat(beans.getAttribute(disk, "Connections")).isEqualTo(1);
        assertThat(beans.getAttribute(server, "BytesRead")).isEqualTo(4096L);
        assertThat(beans.queryNames(all, null)).hasSize(3);
      }
    }
    assertThat(beans.queryNames(all, null)).isEmpty();
  }
}
