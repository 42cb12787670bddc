package org.nbdcore.filter.exportname;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;

final class ExportnameFilterTest {

  private static final ExportnameFilterProvider PROVIDER = new ExportnameFilterProvider();
  private static final OpenRequest REQUEST = OpenRequest.detached("", false);

  /** Two exports, each with a description. */
  private static final class Folder implements Backend {
    private final ModelDisk disk = new ModelDisk(512);
    private final List<String> opened = new ArrayList<>();

    @Override
    public BlockDevice open(OpenRequest request) throws IOException {
      opened.add(request.exportName());
      return new FilterBlockDevice(disk.open(request)) {
        @Override
        public Optional<String> description() {
          return Optional.of("about " + request.exportName());
        }
      };
    }

    @Override
    public List<Export> listExports(OpenRequest request) {
      return List.of(
          Export.of("one").withDescription("about one"),
          Export.of("two").withDescription("about two"));
    }

    @Override
    public String defaultExport(OpenRequest request) {
      return "one";
    }
  }

  private final Folder below = new Folder();

  @Test
  void nothingChangesByDefault() throws IOException {
    Backend backend = backend();
    assertThat(backend.listExports(REQUEST)).isEqualTo(below.listExports(REQUEST));
    assertThat(backend.defaultExport(REQUEST)).isEqualTo("one");
    assertThat(backend.open(REQUEST.withExportName("two")).description()).contains("about two");
    backend.open(REQUEST);
    assertThat(below.opened).containsExactly("two", "");
  }

  @Test
  void defaultExportParameterReplacesTheDefaultExport() throws IOException {
    Backend backend = backend("default-export=two");
    assertThat(backend.defaultExport(REQUEST)).isEqualTo("two");
    backend.open(REQUEST);
    backend.open(REQUEST.withExportName("one"));
    assertThat(below.opened).containsExactly("two", "one");
  }

  @Test
  void theDefaultExportMayHaveTheEmptyName() throws IOException {
    Backend backend = backend("default-export=");
    assertThat(backend.defaultExport(REQUEST)).isEmpty();
    assertThat(backend.open(REQUEST).description()).contains("about one");
    assertThat(below.opened).containsExactly("one");
  }

  @Test
  void strictAppliesToTheDefaultExportToo() throws IOException {
    Backend without = backend("exportname-strict=true", "exportname=one");
    String name = without.defaultExport(REQUEST);
    assertThatThrownBy(() -> without.open(REQUEST.withExportName(name)))
        .hasMessage("the export '' is not among those given with exportname");
    Backend with = backend("exportname-strict=true", "exportname=one", "exportname=");
    with.open(REQUEST.withExportName(with.defaultExport(REQUEST)));
    assertThat(below.opened).containsExactly("one");
  }

  @Test
  void exportListIsKeptRefusedEmptiedOrReplaced() throws IOException {
    assertThat(list("exportname-list=keep")).containsExactly("one: about one", "two: about two");
    assertThatThrownBy(() -> list("exportname-list=error"))
        .hasMessage("exportname-list=error refuses to list the exports");
    assertThat(list("exportname-list=empty")).isEmpty();
    assertThat(list("exportname-list=defaultonly")).containsExactly("one: ");
    assertThat(list("exportname-list=defaultonly", "default-export=x")).containsExactly("x: ");
    assertThat(list("exportname-list=explicit", "exportname=b", "exportname=a"))
        .containsExactly("b: ", "a: ");
  }

  @Test
  void strictRefusesUnlistedExports() throws IOException {
    Backend backend =
        backend("exportname-strict=true", "exportname=two", "exportname=x", "default-export=x");
    backend.open(REQUEST.withExportName("two"));
    backend.open(REQUEST); // the default one, x
    assertThatThrownBy(() -> backend.open(REQUEST.withExportName("one")))
        .hasMessage("the export 'one' is not among those given with exportname")
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM));
    backend("exportname=two").open(REQUEST.withExportName("one"));
    assertThat(below.opened).containsExactly("two", "x", "one");
  }

  @Test
  void descriptionsAreKeptRemovedFixedOrScripted() throws IOException {
    assertThat(description("exportdesc=keep")).contains("about one");
    assertThat(description("exportdesc=none")).isEmpty();
    assertThat(description("exportdesc=fixed:a: b")).contains("a: b");
    assertThat(description("exportdesc=script:echo \"<$name>\"")).contains("<one>");
    assertThat(description("exportdesc=script:exit 3")).isEmpty();
    assertThat(list("exportdesc=none")).containsExactly("one: ", "two: ");
    assertThat(list("exportdesc=script:echo $name$name"))
        .containsExactly("one: oneone", "two: twotwo");
    assertThat(list("exportdesc=fixed:d", "exportname-list=explicit", "exportname=x"))
        .containsExactly("x: d");
  }

  @Test
  void exportNamesReachTheScriptUnchanged() throws IOException {
    Backend backend = backend("exportdesc=script:printf %s \"$name\"");
    String name = "$(echo no) \"'; exit 1";
    assertThat(backend.open(REQUEST.withExportName(name)).description()).contains(name);
  }

  @Test
  void invalidParametersAreRefused() {
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "exportdesc=fix"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("exportdesc must be keep, none, fixed:TEXT or script:SCRIPT, not 'fix'");
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "exportname-list=all"))
        .hasMessageStartingWith("exportname-list must be one of keep, error, empty");
  }

  private Optional<String> description(String... pairs) throws IOException {
    return backend(pairs).open(REQUEST.withExportName("one")).description();
  }

  private List<String> list(String... pairs) throws IOException {
    List<String> texts = new ArrayList<>();
    for (Export export : backend(pairs).listExports(REQUEST)) {
      texts.add(export.name() + ": " + export.description());
    }
    return texts;
  }

  private Backend backend(String... pairs) {
    return Chains.over(Chains.filter(PROVIDER, pairs), below);
  }
}
