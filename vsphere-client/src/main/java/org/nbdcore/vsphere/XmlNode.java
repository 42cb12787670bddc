package org.nbdcore.vsphere;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An element of an answer. */
final class XmlNode {

  private final String name;
  private final String type;
  private final String refType;
  private final List<XmlNode> children = new ArrayList<>();
  private String text = "";

  XmlNode(String name, String type, String refType) {
    this.name = name;
    this.type = type;
    this.refType = refType;
  }

  void add(XmlNode child) {
    children.add(child);
  }

  void text(String value) {
    text = value;
  }

  String name() {
    return name;
  }

  /** Returns the element's declared type (xsi:type) without its prefix; empty if there is none. */
  String type() {
    return type;
  }

  List<XmlNode> children() {
    return children;
  }

  String text() {
    return text;
  }

  /** Returns the children with this name. */
  List<XmlNode> all(String childName) {
    List<XmlNode> found = new ArrayList<>();
    for (XmlNode child : children) {
      if (child.name.equals(childName)) {
        found.add(child);
      }
    }
    return found;
  }

  /** Returns the first element at the end of a path of names. */
  Optional<XmlNode> find(String... path) {
    XmlNode node = this;
    for (String step : path) {
      XmlNode next = null;
      for (XmlNode child : node.children) {
        if (child.name.equals(step)) {
          next = child;
          break;
        }
      }
      if (next == null) {
        return Optional.empty();
      }
      node = next;
    }
    return Optional.of(node);
  }

  Optional<String> string(String... path) {
    return find(path).map(XmlNode::text);
  }

  /** Returns the text at the end of a path. Fails if the answer does not contain it. */
  String need(String... path) throws VsphereException {
    return string(path).orElseThrow(() -> missing(path));
  }

  long number(String... path) throws VsphereException {
    String digits = need(path);
    try {
      return Long.parseLong(digits.strip());
    } catch (NumberFormatException e) {
      throw new VsphereException(
          "the server's response has '"
              + Text.printable(digits)
              + "' for "
              + String.join(".", path)
              + ", expected a number");
    }
  }

  /** Returns a number that fits an int. */
  int integer(String... path) throws VsphereException {
    long value = number(path);
    if (value != (int) value) {
      throw new VsphereException(
          "the server's response has "
              + value
              + " for "
              + String.join(".", path)
              + ", expected a number of 32 bits");
    }
    return (int) value;
  }

  /** Returns the reference at the end of a path; empty if there is none, or it is incomplete. */
  Optional<MoRef> ref(String... path) {
    return find(path)
        .filter(node -> !node.refType.isEmpty() && !node.text.isEmpty())
        .map(node -> new MoRef(node.refType, node.text));
  }

  MoRef needRef(String... path) throws VsphereException {
    return ref(path).orElseThrow(() -> missing(path));
  }

  private VsphereException missing(String... path) {
    return new VsphereException(
        "the server's response has no " + name + "." + String.join(".", path));
  }
}
