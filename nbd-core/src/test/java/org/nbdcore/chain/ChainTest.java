package org.nbdcore.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Host;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.TestProviders;

class ChainTest {

  private static final OpenRequest REQUEST = OpenRequest.detached("", false);

  private final List<String> events = new ArrayList<>();
  private final List<String> cleanups = new ArrayList<>();
  private final Config emptyConfig;

  ChainTest() throws ConfigException {
    emptyConfig = Config.builder(List.of()).build();
  }

  private Chain chain(Fake plugin, Fake... filters) throws ConfigException {
    ChainBuilder builder = Chain.builder();
    for (Fake filter : filters) {
      builder.filter(filter.asFilter(), emptyConfig);
    }
    return builder.plugin(plugin.asPlugin(), emptyConfig).build();
  }

  private Fake layer(String name) {
    return new Fake(name, events, cleanups);
  }

  @Test
  void layersStartInnermostFirstAndCloseOutermostFirst() throws Exception {
    Chain chain = chain(layer("disk"), layer("near"), layer("far"));
    chain.start(Host.NONE);
    chain.close();
    chain.close();
    assertThat(events)
        .containsExactly(
            "create disk",
            "create far",
            "create near",
            "start disk",
            "start far",
            "start near",
            "close near",
            "close far",
            "close disk");
    assertThat(chain.name()).isEqualTo("disk");
  }

  private static void assertRefused(ThrowingCallable call, String state) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the chain of disk %s; build a new chain for each export and for each server", state);
  }

  @Test
  void aChainStartsOnlyOnce() throws Exception {
    Chain chain = chain(layer("disk"), layer("near"));
    chain.start(Host.NONE);
    assertRefused(() -> chain.start(Host.NONE), "has already been started");
    chain.close();
    assertRefused(() -> chain.start(Host.NONE), "is closed");
    assertThat(events).filteredOn(event -> event.startsWith("start")).hasSize(2);
    assertThat(events).filteredOn(event -> event.startsWith("close")).hasSize(2);
  }

  @Test
  void aChainThatWasClosedWithoutAStartDoesNotStart() throws Exception {
    Chain chain = chain(layer("disk"));
    chain.close();
    assertRefused(() -> chain.start(Host.NONE), "is closed");
    assertThat(events).doesNotContain("start disk");
  }

  @Test
  void aChainWhoseStartHasFailedDoesNotStartAgain() throws Exception {
    Fake bad = layer("disk");
    bad.startFailure = new IOException("no luck");
    try (Chain chain = chain(bad)) {
      assertThatThrownBy(() -> chain.start(Host.NONE)).hasMessageContaining("no luck");
      bad.startFailure = null;
      assertRefused(() -> chain.start(Host.NONE), "has already been started");
    }
  }

  @Test
  void aChainIsClaimedOnceAndBeforeItsStart() throws Exception {
    Chain chain = chain(layer("disk"));
    chain.claim();
    assertRefused(chain::claim, "is already in use");
    chain.start(Host.NONE);
    assertRefused(chain::claim, "has already been started");
    chain.close();
    assertRefused(chain::claim, "is closed");
  }

  @Test
  void openGoesThroughTheFiltersInTheirOrder() throws Exception {
    try (Chain chain = chain(layer("disk"), layer("near"), layer("far"))) {
      events.clear();
      chain.top().open(REQUEST).close();
      assertThat(events).containsExactly("open near", "open far", "open disk", "shut disk");
    }
  }

  @Test
  void theStrictestThreadModelWins() throws Exception {
    Fake strict = layer("strict");
    strict.model = ThreadModel.SERIALIZE_REQUESTS;
    try (Chain chain = chain(layer("disk"), layer("free"), strict)) {
      assertThat(chain.threadModel()).isEqualTo(ThreadModel.SERIALIZE_REQUESTS);
    }
    try (Chain chain = chain(strict, layer("free"))) {
      assertThat(chain.threadModel()).isEqualTo(ThreadModel.SERIALIZE_REQUESTS);
    }
    try (Chain chain = chain(layer("disk"), layer("free"))) {
      assertThat(chain.threadModel()).isEqualTo(ThreadModel.PARALLEL);
    }
  }

  @Test
  void aFailedStartNamesItsLayerAndTheOthersAreStillClosed() throws Exception {
    Fake bad = layer("far");
    bad.startFailure = new IOException("no luck");
    Chain chain = chain(layer("disk"), layer("near"), bad);
    assertThatThrownBy(() -> chain.start(Host.NONE))
        .isInstanceOf(IOException.class)
        .hasMessage("far: cannot start: no luck");
    chain.close();
    assertThat(events).doesNotContain("start near");
    assertThat(events).endsWith("close near", "close far", "close disk");
  }

  @Test
  void cleanupRunsBeforeAnyLayerIsClosed() throws Exception {
    Chain chain = chain(layer("disk"), layer("near"), layer("far"));
    chain.start(Host.NONE);
    chain.close();
    assertThat(cleanups)
        .containsExactly(
            "near while 0 are closed", "far while 0 are closed", "disk while 0 are closed");
  }

  @Test
  void aLayerThatWasNotStartedDoesNotCleanUp() throws Exception {
    Fake bad = layer("far");
    bad.startFailure = new IOException("no luck");
    Chain chain = chain(layer("disk"), layer("near"), bad);
    assertThatThrownBy(() -> chain.start(Host.NONE)).hasMessageContaining("no luck");
    chain.close();
    assertThat(cleanups).containsExactly("disk while 0 are closed");
  }

  @Test
  void everyLayerIsClosedEvenIfOthersFail() throws Exception {
    Fake near = layer("near");
    Fake disk = layer("disk");
    near.closeFailure = new IOException("one");
    disk.closeFailure = new IllegalStateException("two");
    Chain chain = chain(disk, near, layer("far"));
    assertThatThrownBy(chain::close)
        .hasMessage("near: cannot close: one")
        .satisfies(
            e ->
                assertThat(e.getSuppressed()[0])
                    .hasMessage("disk: cannot close: IllegalStateException: two"));
    assertThat(events).endsWith("close near", "close far", "close disk");
  }

  @Test
  void aRefusedConfigurationNamesItsLayerAndClosesTheLayersCreatedBefore() {
    Fake bad = layer("near");
    bad.createFailure = new ConfigException("x must be y, not z");
    assertThatThrownBy(() -> chain(layer("disk"), bad, layer("far")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("near: x must be y, not z");
    assertThat(events)
        .containsExactly("create disk", "create far", "create near", "close far", "close disk");
  }

  @Test
  void aChainWithoutAPluginIsRefused() {
    assertThatThrownBy(() -> Chain.builder().filter(layer("near").asFilter(), emptyConfig).build())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aFailedOpenNamesItsLayerOnceAndKeepsTheError() throws Exception {
    Fake disk = layer("disk");
    disk.openFailure = new NbdException(NbdError.EPERM, "not for you");
    try (Chain chain = chain(disk, layer("near"), layer("far"))) {
      assertThatThrownBy(() -> chain.top().open(REQUEST))
          .isInstanceOfSatisfying(
              NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM))
          .hasMessage("disk: cannot open: not for you");
    }
  }

  @Test
  void aFailedOpenExplainsExceptionsWithPoorMessages() throws Exception {
    Fake disk = layer("disk");
    disk.openFailure = new NoSuchFileException("/a.img");
    Fake far = layer("far");
    try (Chain chain = chain(disk, far)) {
      assertThatThrownBy(() -> chain.top().open(REQUEST))
          .hasMessage("disk: cannot open: /a.img: no such file or directory");
      far.openFailure = new IllegalStateException();
      assertThatThrownBy(() -> chain.top().open(REQUEST))
          .isInstanceOf(IOException.class)
          .hasMessage("far: cannot open: IllegalStateException");
    }
  }

  @Test
  void aLayerWhoseOpenReturnsNullIsNamedInTheError() throws Exception {
    Fake disk = layer("disk");
    disk.returnsNull = true;
    try (Chain chain = chain(disk)) {
      assertThatThrownBy(() -> chain.top().open(REQUEST))
          .hasMessage("disk: cannot open: NullPointerException: open returned null");
    }
  }

  @Test
  void aDeviceWhoseCapabilitiesFailIsClosed() throws Exception {
    Fake disk = layer("disk");
    disk.capabilitiesFailure = new IOException("gone");
    try (Chain chain = chain(disk)) {
      assertThatThrownBy(() -> chain.top().open(REQUEST)).hasMessage("disk: cannot open: gone");
      assertThat(events).endsWith("shut disk");
    }
  }

  /** A plugin and a filter that record their calls, and fail as configured. */
  private static final class Fake {

    private final String name;
    private final List<String> cleanups;
    private final List<String> events;
    private ThreadModel model = ThreadModel.PARALLEL;
    private ConfigException createFailure;
    private Exception startFailure;
    private Exception openFailure;
    private Exception capabilitiesFailure;
    private Exception closeFailure;
    private boolean returnsNull;

    Fake(String name, List<String> events, List<String> cleanups) {
      this.name = name;
      this.cleanups = cleanups;
      this.events = events;
    }

    private void recordCall(String call, Exception failure) throws IOException {
      events.add(call + " " + name);
      if (failure instanceof RuntimeException e) {
        throw e;
      } else if (failure != null) {
        throw (IOException) failure;
      }
    }

    private <T> T created(T layer) throws ConfigException {
      events.add("create " + name);
      if (createFailure != null) {
        throw createFailure;
      }
      return layer;
    }

    private void cleanedUp() {
      long closed = events.stream().filter(e -> e.startsWith("close")).count();
      cleanups.add(name + " while " + closed + " are closed");
    }

    PluginProvider asPlugin() {
      return TestProviders.plugin(name, () -> created(new FakePlugin()));
    }

    FilterProvider asFilter() {
      return TestProviders.filter(name, () -> created(new FakeFilter()));
    }

    private final class FakePlugin implements Plugin {
      @Override
      public ThreadModel threadModel() {
        return model;
      }

      @Override
      public void start(StartContext context) throws IOException {
        recordCall("start", startFailure);
      }

      @Override
      public void cleanup() {
        cleanedUp();
      }

      @Override
      public BlockDevice open(OpenRequest request) throws IOException {
        recordCall("open", openFailure);
        return returnsNull ? null : new FakeDevice();
      }

      @Override
      public void close() throws IOException {
        recordCall("close", closeFailure);
      }
    }

    private final class FakeFilter implements Filter {
      @Override
      public ThreadModel threadModel() {
        return model;
      }

      @Override
      public void start(Backend next, StartContext context) throws IOException {
        recordCall("start", startFailure);
      }

      @Override
      public void cleanup(Backend next) {
        cleanedUp();
      }

      @Override
      public BlockDevice open(OpenRequest request, Backend next) throws IOException {
        recordCall("open", openFailure);
        return next.open(request);
      }

      @Override
      public void close() throws IOException {
        recordCall("close", closeFailure);
      }
    }

    private final class FakeDevice implements BlockDevice {
      @Override
      public long size() {
        return 0;
      }

      @Override
      public Capabilities capabilities() throws IOException {
        if (capabilitiesFailure instanceof IOException e) {
          throw e;
        }
        return Capabilities.readOnly();
      }

      @Override
      public void read(ByteBuffer dst, long offset) {}

      @Override
      public void close() throws IOException {
        recordCall("shut", null);
      }
    }
  }
}
