package org.nbdcore.filter.exportname;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.PassThroughDevice;

/** Changes the names that clients send, and the list of exports that they receive. */
final class ExportnameFilter implements Filter {

  private final Optional<String> defaultExport;
  private final ListMode list;
  private final boolean strict;
  private final List<String> names;
  private final Describer describer;

  ExportnameFilter(
      Optional<String> defaultExport,
      ListMode list,
      boolean strict,
      List<String> names,
      Describer describer) {
    this.defaultExport = defaultExport;
    this.list = list;
    this.strict = strict;
    this.names = List.copyOf(names);
    this.describer = describer;
  }

  @Override
  public String defaultExport(OpenRequest request, Backend next) throws IOException {
    if (defaultExport.isPresent()) {
      return defaultExport.get();
    }
    return strict ? "" : next.defaultExport(request); // names that were not given are refused
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    OpenRequest wanted =
        request.exportName().isEmpty() ? request.withExportName(defaultExport.orElse("")) : request;
    if (strict && !names.contains(wanted.exportName())) {
      throw new NbdException(
          NbdError.EPERM,
          "the export '" + wanted.exportName() + "' is not among those given with exportname");
    }
    BlockDevice device = next.open(named(wanted, next));
    return describer == Describer.KEEP
        ? device
        : new DescribedDevice(device, wanted.exportName(), describer);
  }

  /** An explicitly empty default means the default of the next layer. */
  private OpenRequest named(OpenRequest request, Backend next) throws IOException {
    return request.exportName().isEmpty() && (strict || defaultExport.isPresent())
        ? request.withExportName(next.defaultExport(request))
        : request;
  }

  @Override
  public List<Export> listExports(OpenRequest request, Backend next) throws IOException {
    return switch (list) {
      case KEEP -> described(next.listExports(request));
      case ERROR ->
          throw new NbdException(
              NbdError.EPERM, "exportname-list=error refuses to list the exports");
      case EMPTY -> List.of();
      case DEFAULTONLY -> described(List.of(Export.of(defaultExport(request, next))));
      case EXPLICIT -> {
        List<Export> exports = new ArrayList<>();
        for (String name : names) {
          exports.add(Export.of(name));
        }
        yield described(exports);
      }
    };
  }

  private List<Export> described(List<Export> exports) {
    if (describer == Describer.KEEP) {
      return exports;
    }
    List<Export> described = new ArrayList<>();
    for (Export export : exports) {
      Optional<String> below = Optional.of(export.description());
      String text = describer.describe(export.name(), below).orElse("");
      described.add(Export.of(export.name()).withDescription(text));
    }
    return described;
  }

  private static final class DescribedDevice extends PassThroughDevice {

    private final String name;
    private final Describer describer;

    DescribedDevice(BlockDevice next, String name, Describer describer) {
      super(next);
      this.name = name;
      this.describer = describer;
    }

    @Override
    public Optional<String> description() throws IOException {
      return describer.describe(name, next.description());
    }
  }
}
