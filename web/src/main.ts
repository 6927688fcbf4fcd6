import { mount } from 'svelte';
import './app.css';
import './print.css';
import App from './App.svelte';

void import('./map/library'); // the largest part by far: let it come while the page asks the server

const target = document.getElementById('page');
if (target) mount(App, { target });
