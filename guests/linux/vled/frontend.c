// SPDX-License-Identifier: GPL-2.0-only
/* The frontend of vled (vled.h): /sys/class/leds/vled-<n>, really one of dom0's LEDs. */
#include <linux/leds.h>
#include <linux/module.h>
#include <xen/events.h>
#include <xen/grant_table.h>
#include <xen/xenbus.h>
#include "vled.h"

struct vled {
	struct led_classdev led;
	struct vled_front_ring ring;
	void *page; /* of the ring, granted to the backend as `ref` */
	grant_ref_t ref;
	int irq;        /* 0: none */
	bool connected; /* the LED is registered, requests may be sent */
	s32 status;     /* of the last response */
	wait_queue_head_t answer;
};

static irqreturn_t vled_interrupt(int irq, void *data)
{
	wake_up(&((struct vled *)data)->answer);
	return IRQ_HANDLED;
}

/* Takes responses, never more than requests were made: has the last one come? */
static bool vled_answered(struct vled *vled)
{
	struct vled_front_ring *ring = &vled->ring;
	struct vled_response response;
	int more;

	while (READ_ONCE(vled->connected) && ring->rsp_cons != ring->req_prod_pvt) {
		RING_FINAL_CHECK_FOR_RESPONSES(ring, more);
		if (!more)
			return false;
		RING_COPY_RESPONSE(ring, ring->rsp_cons++, &response);
		vled->status = response.status;
	}
	return true;
}

/* The LED class calls this from a work queue, one call at a time. */
static int vled_set(struct led_classdev *led, enum led_brightness brightness)
{
	struct vled *vled = container_of(led, struct vled, led);
	int notify;

	if (!vled->connected || RING_FULL(&vled->ring))
		return -ENODEV;
	RING_GET_REQUEST(&vled->ring, vled->ring.req_prod_pvt++)->brightness = brightness;
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&vled->ring, notify);
	if (notify)
		notify_remote_via_irq(vled->irq);
	return wait_event_timeout(vled->answer, vled_answered(vled), 5 * HZ)
		       ? vled->status
		       : -ETIMEDOUT;
}

/* Back to where probe left it. */
static void vled_disconnect(struct xenbus_device *dev)
{
	struct vled *vled = dev_get_drvdata(&dev->dev);

	if (vled->connected) {
		WRITE_ONCE(vled->connected, false);
		wake_up(&vled->answer);
		led_classdev_unregister(&vled->led);
	}
	if (vled->irq)
		unbind_from_irqhandler(vled->irq, vled);
	vled->irq = 0;
	xenbus_teardown_ring(&vled->page, 1, &vled->ref);
}

/* The backend waits: an empty ring in a page granted to it, and a port. */
static int vled_offer(struct xenbus_device *dev)
{
	struct vled *vled = dev_get_drvdata(&dev->dev);
	evtchn_port_t port;
	int err;

	vled->led.max_brightness =
		xenbus_read_unsigned(dev->otherend, "max-brightness", 1);
	err = xenbus_setup_ring(dev, GFP_KERNEL, &vled->page, 1, &vled->ref)
		      ?: xenbus_alloc_evtchn(dev, &port);
	if (err)
		return err;
	XEN_FRONT_RING_INIT(&vled->ring, (struct vled_sring *)vled->page, XEN_PAGE_SIZE);
	err = bind_evtchn_to_irqhandler(port, vled_interrupt, 0, "vled", vled);
	if (err < 0) {
		xenbus_free_evtchn(dev, port);
		return err;
	}
	vled->irq = err;
	return xenbus_printf(XBT_NIL, dev->nodename, "ring-ref", "%u", vled->ref) ?:
	       xenbus_printf(XBT_NIL, dev->nodename, "event-channel", "%u", port) ?:
	       xenbus_switch_state(dev, XenbusStateInitialised);
}

static void vled_backend_changed(struct xenbus_device *dev, enum xenbus_state state)
{
	struct vled *vled = dev_get_drvdata(&dev->dev);
	enum xenbus_state own = dev->state;
	int err = 0;

	if (state == XenbusStateInitWait && own == XenbusStateInitialising) {
		err = vled_offer(dev);
	} else if (state == XenbusStateConnected && own == XenbusStateInitialised) {
		err = led_classdev_register(&dev->dev, &vled->led);
		vled->connected = !err;
		err = err ?: xenbus_switch_state(dev, XenbusStateConnected);
	} else if (state == XenbusStateClosing) { /* the device goes */
		vled_disconnect(dev);
		xenbus_frontend_closed(dev);
	} else if (state == XenbusStateClosed && own != XenbusStateClosed) {
		vled_disconnect(dev); /* the driver went, and may come back */
		xenbus_switch_state(dev, XenbusStateInitialising);
	}
	if (err) {
		vled_disconnect(dev);
		xenbus_dev_fatal(dev, err, "connecting to %s", dev->otherend);
	}
}

static int vled_probe(struct xenbus_device *dev, const struct xenbus_device_id *id)
{
	struct vled *vled = devm_kzalloc(&dev->dev, sizeof(*vled), GFP_KERNEL);

	if (!vled)
		return -ENOMEM;
	vled->ref = INVALID_GRANT_REF;
	init_waitqueue_head(&vled->answer);
	vled->led.name = dev_name(&dev->dev);
	vled->led.brightness_set_blocking = vled_set;
	vled->led.flags = LED_HW_PLUGGABLE; /* it may go while it is in use */
	dev_set_drvdata(&dev->dev, vled);
	return xenbus_switch_state(dev, XenbusStateInitialising);
}

static struct xenbus_driver vled_driver = {
	.ids = (const struct xenbus_device_id[]){{"vled"}, {""}},
	.probe = vled_probe,
	.remove = vled_disconnect,
	.otherend_changed = vled_backend_changed,
};
module_driver(vled_driver, xenbus_register_frontend, xenbus_unregister_driver);
MODULE_DESCRIPTION("An LED of another domain");
MODULE_LICENSE("GPL");
