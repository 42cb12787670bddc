package org.nbdcore.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.chain.Chain;
import org.nbdcore.client.NbdClient;
import org.nbdcore.server.ServerExport;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.TestProviders;

/** The counters of plugins and filters appear with the metrics of the server. */
@Timeout(120)
final class LayerMetricsTest {

  @Test
  void countersOfLayersAreShownForEachExport() throws Exception {
    try (ObservedServer observed = new ObservedServer(Optional.empty())) {
      observed.builder.export(ServerExport.of("a", chain(2)));
      observed.builder.export(ServerExport.of("b", chain(1)));
      observed.start();
      try (NbdClient one = observed.connect("a");
          NbdClient other = observed.connect("a");
          NbdClient another = observed.connect("b")) {
        one.read(ByteBuffer.allocate(512), 0);
        other.read(ByteBuffer.allocate(512), 0);
        another.read(ByteBuffer.allocate(512), 0);
        PrometheusText text = new PrometheusText(observed.get("/metrics").body());
        String opened = "nbd_filter_count_opens_opened_total";
        // two filters of one name are added
        assertThat(text.value(opened, "export=a", "how=reading")).isEqualTo(4);
        assertThat(text.value(opened, "export=b", "how=reading")).isEqualTo(1);
        // what belongs to the process is shown once
        assertThat(text.value("nbd_filter_count_opens_loads_total")).isEqualTo(7);
        assertThat(text.types()).containsEntry(opened, "counter");
        assertThat(text.helped()).contains(opened);
      }
    }
  }

  @Test
  void countersOfTheChainForAllNamesHaveTheEmptyName() throws Exception {
    try (ObservedServer observed = new ObservedServer(Optional.empty())) {
      observed.builder.chain(chain(1));
      observed.start();
      try (NbdClient client = observed.connect("any")) {
        assertThat(client.size()).isEqualTo(4096);
        PrometheusText text = new PrometheusText(observed.get("/metrics").body());
        assertThat(text.value("nbd_filter_count_opens_opened_total", "export=", "how=reading"))
            .isEqualTo(1);
      }
    }
  }

  @Test
  void aLayerThatFailsToReportHidesNoOtherMetric() throws Exception {
    try (ObservedServer observed = new ObservedServer(Optional.empty())) {
      observed.builder.export(ServerExport.of("a", chain(1, new Failing())));
      observed.start();
      PrometheusText text = new PrometheusText(observed.get("/metrics").body());
      assertThat(text.value("nbd_export_ready", "export=a")).isEqualTo(1);
      assertThat(text.value("nbd_filter_count_opens_loads_total")).isEqualTo(7);
    }
  }

  @Test
  void jmxShowsTheCountersOfLayersUnderTheSameNames() throws Exception {
    MBeanServer beans = MBeanServerFactory.newMBeanServer();
    try (ObservedServer observed = new ObservedServer(Optional.empty());
        ServerBeans shown = new ServerBeans(observed.metrics, "name", beans)) {
      assertThat(shown).isNotNull();
      observed.builder.export(ServerExport.of("a", chain(1)));
      observed.start();
      ObjectName server =
          new ObjectName("org.nbdcore:type=Server,name=" + ObjectName.quote("name"));
      assertThat(beans.getAttribute(server, "LayerCounters").toString())
          .contains("nbd_filter_count_opens_opened_total{export=\"a\",how=\"reading\"}");
    }
  }

  private static Chain chain(int filters, FilterProvider... more) throws Exception {
    var builder =
        Chain.builder()
            .plugin(
                TestProviders.plugin("disk", () -> new ObservedServer.Disk(new ModelDevice(4096))),
                Config.builder(List.of()).build());
    for (int i = 0; i < filters; i++) {
      builder.filter(new Opens(), Config.builder(List.of()).build());
    }
    for (FilterProvider each : more) {
      builder.filter(each, Config.builder(List.of()).build());
    }
    return builder.build();
  }

  /** Counts how often it was opened. */
  private static class Opens implements FilterProvider, Filter {

    private final LongAdder opened = new LongAdder();

    @Override
    public BlockDevice open(OpenRequest request, Backend next) throws IOException {
      opened.increment();
      return next.open(request);
    }

    @Override
    public void counters(CounterSink sink) {
      sink.counter("opened", "How often it was opened.", "how", "reading", opened.sum());
      sink.ofProcess().counter("loads", "What all of them share.", 7);
    }

    @Override
    public String name() {
      return "count-opens";
    }

    @Override
    public String description() {
      return "a filter of a test";
    }

    @Override
    public List<Parameter<?>> parameters() {
      return List.of();
    }

    @Override
    public Filter create(Config config) {
      return this;
    }
  }

  private static final class Failing extends Opens {

    @Override
    public void counters(CounterSink sink) {
      throw new IllegalStateException("planted");
    }

    @Override
    public String name() {
      return "failing";
    }
  }
}
