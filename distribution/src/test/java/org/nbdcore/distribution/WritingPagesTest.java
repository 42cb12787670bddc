package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Session;
import org.nbdcore.testkit.FilterContractTest;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.PluginContractTest;

/** The code in the pages for authors does what the pages say. */
class WritingPagesTest {

  private static final OpenRequest REQUEST = OpenRequest.of("", Session.DETACHED);

  @Test
  void thePluginOfThePageServesItsText() throws Exception {
    try (PageCode page = PageCode.of("writing-a-plugin.md")) {
      PluginProvider provider = (PluginProvider) page.create("GreetingProvider");
      Config config = Config.builder(provider.parameters()).build();
      try (Plugin plugin = provider.create(config);
          BlockDevice device = plugin.open(REQUEST)) {
        assertThat(page.type("GreetingDevice")).isEqualTo(device.getClass());
        ByteBuffer dst = ByteBuffer.allocate(10);
        device.read(dst, 17 * 3 + 7);
        assertThat(new String(dst.array(), StandardCharsets.UTF_8)).isEqualTo("NBD world\n");
        assertThat(device.size()).isEqualTo(65536);
      }
      assertThat(PluginContractTest.class).isAssignableFrom(page.type("GreetingTest"));
      var size = page.type("Parameters").getDeclaredField("SIZE");
      size.setAccessible(true);
      Parameter<?> parameter = (Parameter<?>) size.get(null);
      assertThat(parameter.key()).isEqualTo("size");
      assertThat(parameter.isRequired()).isTrue();
      page.assertThatAllBlocksWereUsed();
    }
  }

  @Test
  void theFilterOfThePageChangesEveryByteBothWays() throws Exception {
    try (PageCode page = PageCode.of("writing-a-filter.md")) {
      int key = 0x2a;
      var constructor = page.type("MaskFilter").getDeclaredConstructor(int.class);
      constructor.setAccessible(true);
      ModelDevice below = new ModelDevice(4096);
      Backend next = request -> below;
      try (Filter filter = (Filter) constructor.newInstance(key);
          BlockDevice device = filter.open(REQUEST, next)) {
        assertThat(page.type("MaskDevice")).isEqualTo(device.getClass());
        device.write(ByteBuffer.wrap(new byte[] {1, 2}), 7, Flags.NONE);
        byte[] raw = new byte[2];
        below.read(ByteBuffer.wrap(raw), 7);
        assertThat(raw).containsExactly(1 ^ key, 2 ^ key);
        byte[] read = new byte[2];
        device.read(ByteBuffer.wrap(read), 7);
        assertThat(read).containsExactly(1, 2);
      }
      assertThat(FilterContractTest.class).isAssignableFrom(page.type("ViewOfMask"));
      assertThat(FilterProvider.class).isAssignableFrom(page.type("MachineProvider"));
      page.assertThatAllBlocksWereUsed();
    }
  }

  @Test
  void serverOfTheThirdPartyJarsPageCompiles() throws Exception {
    try (PageCode page = PageCode.of("third-party-jars.md")) {
      assertThat(Arrays.stream(page.type("serve").getDeclaredMethods())).isNotEmpty();
      page.assertThatAllBlocksWereUsed();
    }
  }
}
