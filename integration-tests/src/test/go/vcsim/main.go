// Command vcsim runs the public vSphere simulator for the tests: a vCenter with a number of machines
// on a free port of the loopback address, over TLS. It prints the address, and the folder of each
// datastore, and ends when its standard input does.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"net/url"
	"os"

	"github.com/vmware/govmomi/simulator"
)

func main() {
	machines := flag.Int("machines", 2, "machines on each host and in each cluster")
	hosts := flag.Int("hosts", 1, "hosts outside clusters")
	user := flag.String("user", "user", "the only user")
	password := flag.String("password", "", "the user's password")
	flag.Parse()

	model := simulator.VPX()
	model.Machine = *machines
	model.Host = *hosts
	model.Autostart = false
	defer model.Remove()
	if err := model.Create(); err != nil {
		log.Fatal(err)
	}
	model.Service.TLS = new(tls.Config)
	model.Service.Listen = &url.URL{Host: "127.0.0.1:0", User: url.UserPassword(*user, *password)}
	server := model.Service.NewServer()
	defer server.Close()

	fmt.Printf("address %s\n", server.URL.Host)
	for _, entity := range simulator.Map.All("Datastore") {
		store := entity.(*simulator.Datastore)
		fmt.Printf("datastore %s %s\n", store.Name, store.Info.GetDatastoreInfo().Url)
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
}
