package org.nbdcore.vsphere;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Reads properties of objects through the property collector. */
final class Properties {

  /** The properties found of one object. */
  static final class Found {
    final MoRef object;
    final Map<String, XmlNode> values = new HashMap<>();

    Found(MoRef object) {
      this.object = object;
    }

    /** Returns the value of a property; an empty element if the object has none. */
    XmlNode get(String name) {
      return values.getOrDefault(name, new XmlNode(name, "", ""));
    }
  }

  /** Maximum number of objects. A server that reports more is broken or not supported. */
  private static final int MAX_OBJECTS = 1 << 20;

  private final VsphereClient client;

  Properties(VsphereClient client) {
    this.client = client;
  }

  /** Reads properties of one object. */
  Found of(MoRef object, String... names) throws IOException {
    List<Found> found =
        retrieve(
            object.type(),
            call ->
                call.open("objectSet").ref("obj", object).bool("skip", false).close("objectSet"),
            names);
    if (found.isEmpty()) {
      throw new VsphereException("the server tells nothing about " + object);
    }
    return found.get(0);
  }

  /** Reads properties of all objects of a type that a view shows. */
  List<Found> inView(MoRef view, String type, String... names) throws IOException {
    return retrieve(
        type,
        call -> {
          call.open("objectSet").ref("obj", view).bool("skip", true);
          call.open("selectSet", "TraversalSpec")
              .string("name", "view")
              .string("type", view.type());
          call.string("path", "view").bool("skip", false).close("selectSet").close("objectSet");
        },
        names);
  }

  private List<Found> retrieve(String type, Consumer<Call> objects, String... names)
      throws IOException {
    MoRef collector = client.service("propertyCollector");
    XmlNode answer =
        client.call(
            () -> {
              Call call = new Call("RetrievePropertiesEx", collector);
              call.open("specSet").open("propSet").string("type", type).bool("all", false);
              for (String name : names) {
                call.string("pathSet", name);
              }
              call.close("propSet");
              objects.accept(call);
              return call.close("specSet").open("options").close("options");
            });
    List<Found> all = new ArrayList<>();
    while (true) {
      XmlNode result = answer.find("returnval").orElse(null);
      if (result == null) {
        return all;
      }
      int before = all.size();
      for (XmlNode object : result.all("objects")) {
        all.add(found(object));
      }
      String token = result.string("token").orElse(null);
      if (token == null) {
        return all;
      }
      if (all.size() == before || all.size() > MAX_OBJECTS) {
        throw new VsphereException(
            "the server's list of objects does not end: "
                + all.size()
                + " objects, then a page of "
                + (all.size() - before));
      }
      answer =
          client.call(
              () -> new Call("ContinueRetrievePropertiesEx", collector).string("token", token));
    }
  }

  private static Found found(XmlNode object) throws VsphereException {
    Found found = new Found(object.needRef("obj"));
    for (XmlNode property : object.all("propSet")) {
      XmlNode value = property.find("val").orElse(null);
      if (value != null) {
        found.values.put(property.need("name"), value);
      }
    }
    return found;
  }
}
